package match

import (
	"strings"
	"sync"
)

// lookalikeTable has first names that a letter or two turn into somebody else's: the couple or the siblings of one
// family, not a slip of the hand. The second of a pair may have several forms.
const lookalikeTable = `adrian adriana adrienne|alexander alexandra alexandria|andre andrea|andrew andrea|antonio antonia|bernard bernadette|brian briana brianna|
bryan bryanna|carl carla|carlos carla|charles charlene|christian christina christine|claude claudia claudette|claudio claudia|clement clementine|
daniel daniela danielle|dennis denise|denis denise|dominic dominique|edwin edwina|emil emily emilia|emilio emilia|eric erica|erik erika|ernest ernestine|
eugene eugenia|fernando fernanda|francis frances francesca|francisco francisca|gabriel gabriela gabrielle|george georgia georgina|gerald geraldine|
harry harriet|henry henrietta|ivan ivana|jacob jacoba|jean jeanne|joan john|joel joelle|joe jo|john joan|joseph josephine|juan juana|julian juliana julianne julia|
julio julia|justin justine|karl karla|leo lea|leon leona|lewis louise|louis louise luisa|luis luisa|lucas lucia|marcel marcela|marcus marcia|mario maria|
marion mario|mark marika|martin martina|maurice maureen|michael michaela michelle|mitchell michelle|nicholas nicola nicole|nicolas nicola nicole|
oliver olivia|patrick patricia|paul paula|paulo paula|philip philippa|raphael raphaela|rene renee|robert roberta|roberto roberta|roman romana|
sam samantha|samuel samuela|sean seana|simon simona simone|stefan stefanie|stephan stephanie|stephen stephanie|theodor theodora|thomas thomasina|
tony toni|valentin valentina|victor victoria|viktor viktoria|vincent vincenza|wilhelm wilhelmina|william willa|yves yvette`

// lookalikePairs reads the table when it is first needed; it is never changed.
var lookalikePairs = sync.OnceValue(func() map[[2]string]bool {
	out := make(map[[2]string]bool, 300)
	for line := range strings.SplitSeq(strings.ReplaceAll(lookalikeTable, "\n", ""), "|") {
		names := strings.Fields(line)
		for _, other := range names[1:] {
			out[[2]string{names[0], other}], out[[2]string{other, names[0]}] = true, true
		}
	}
	return out
})

// lookalikes says whether two first names are known to be two people's.
func lookalikes(a, b string) bool {
	return len(a) > 1 && len(b) > 1 && a[0] == b[0] && lookalikePairs()[[2]string{a, b}]
}
