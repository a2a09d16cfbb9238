package budget

import "time"

// slots are the places of answered calls, held until one interval after their answer. They are counted in grains of a
// hundredth of the interval, rounded up, so that a million calls cost no more memory than a hundred.
type slots struct {
	held  int
	queue []grain // by time
}

type grain struct {
	ends  time.Time
	calls int
}

// hold keeps n places until one interval after now.
func (s *slots) hold(now time.Time, n int, interval time.Duration) {
	if n <= 0 || interval <= 0 {
		return
	}
	size := max(interval/100, time.Millisecond)
	ends := now.Add(interval).Truncate(size).Add(size)
	s.held += n
	i := len(s.queue)
	for i > 0 && s.queue[i-1].ends.After(ends) {
		i-- // only after the interval itself was learned anew
	}
	if i > 0 && s.queue[i-1].ends.Equal(ends) {
		s.queue[i-1].calls += n
		return
	}
	s.queue = append(s.queue, grain{})
	copy(s.queue[i+1:], s.queue[i:])
	s.queue[i] = grain{ends, n}
}

// expire frees the places whose time has come.
func (s *slots) expire(now time.Time) {
	i := 0
	for ; i < len(s.queue) && !s.queue[i].ends.After(now); i++ {
		s.held -= s.queue[i].calls
	}
	if i > 0 {
		s.queue = append(s.queue[:0], s.queue[i:]...)
	}
}

// first is when the next place comes free.
func (s *slots) first() (time.Time, bool) {
	if len(s.queue) == 0 {
		return time.Time{}, false
	}
	return s.queue[0].ends, true
}
