package cli

type pauseVerb struct{ pairFlag }

func (pauseVerb) Help() string {
	return "A pause outlasts a restart. Webhooks are taken meanwhile, and served after `tandem resume`.\n\nExample:\n\n    tandem pause --pair acme\n"
}

// Run pauses a pair.
func (v pauseVerb) Run(c *call) error {
	return c.with(func(s *session) error {
		pair, err := s.pair(v.Pair)
		if err != nil {
			return err
		}
		if err := s.Pause(c.ctx, pair); err != nil {
			return err
		}
		c.say("%s is paused.", pair)
		return nil
	})
}

type resumeVerb struct{ pairFlag }

func (resumeVerb) Help() string {
	return "It lifts only what `tandem pause` did: held deletes are approved or discarded (`tandem deletes`).\n\nExample:\n\n    tandem resume --pair acme\n"
}

// Run resumes a pair.
func (v resumeVerb) Run(c *call) error {
	return c.with(func(s *session) error {
		pair, err := s.pair(v.Pair)
		if err != nil {
			return err
		}
		if err := s.Resume(c.ctx, pair); err != nil {
			return err
		}
		p, err := s.Operator.Pair(c.ctx, pair)
		if err != nil {
			return err
		}
		c.say("%s is %s.", pair, p.State)
		return nil
	})
}
