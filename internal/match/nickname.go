package match

import (
	"strings"
	"sync"
)

// nicknameTable groups the short forms of a name.
const nicknameTable = `robert bob bobby rob robbie bert|william bill billy will willy liam|richard rick ricky dick rich richie|james jim jimmy jamie|john johnny jack jon|jonathan jon jonny john|michael mike mick mickey mikey|elizabeth liz lizzie beth betty betsy eliza lisa libby|margaret maggie meg peggy marge margie rita greta|katherine kate katie kathy kat catherine cathy cate kathryn kit|jennifer jen jenny jenn|patricia pat patty trish tricia|patrick pat paddy rick|thomas tom tommy|charles charlie chuck chas|joseph joe joey|daniel dan danny|matthew matt matty|anthony tony|andrew andy drew|christopher chris kit topher|christine chris chrissy tina christina|nicholas nick nicky nico|alexander alex al sandy xander|alexandra alex sandra sandy lexi|samuel sam sammy|samantha sam sammy|benjamin ben benny benji|edward ed eddie ted teddy ned|theodore ted teddy theo|frederick fred freddy freddie|gerald gerry jerry|lawrence larry laurie|leonard len lenny leo|ronald ron ronnie|donald don donnie|kenneth ken kenny|stephen steve stevie steven|timothy tim timmy|gregory greg gregg|jeffrey jeff geoff geoffrey|david dave davey|deborah deb debbie debra|barbara barb barbie babs|susan sue susie suzy suzanne|cynthia cindy|pamela pam|rebecca becky becca|victoria vicky vicki tori|jacqueline jackie|kimberly kim|theresa terry tess tessa teresa|terrence terry|veronica ronnie|abigail abby gail|amanda mandy|angela angie|gabriel gabe|gabrielle gabby|joshua josh|nathaniel nate nathan nat|zachary zach zack|vincent vince vinny|walter walt wally|raymond ray|philip phil|peter pete|martin marty|henry hank harry hal|harold harry hal|francis frank frankie fran|frances fran francie|franklin frank|eugene gene|arthur art artie|albert al bert|alfred al fred alf|douglas doug|dorothy dot dottie|eleanor ellie nell nora|helen nell ellen|isabella bella izzy isabel|josephine jo josie|judith judy|kathleen kathy kath|lillian lily lil|louis lou louie lewis|louise lou|madeline maddie|melissa missy mel|melanie mel|mildred millie|nancy nan|natalie nat|olivia liv livvy|peggy margaret|penelope penny|priscilla cilla|roberta bobbie|sarah sally sadie sara|stephanie steph|sylvia syl|valerie val|virginia ginny ginger|yvonne vonnie|allison ali allie|bernard bernie|bradley brad|cameron cam|clifford cliff|curtis curt|dennis denny|dominic dom nick|eric rick|ernest ernie|gilbert gil bert|herbert herb bert|isaac ike|jacob jake|jeremy jerry|jerome jerry|joel joe|leslie les|maurice morris moe|maxwell max|maximilian max|mitchell mitch|norman norm|oliver ollie|oscar ozzie|randall randy|reginald reg reggie|rodney rod|roger rog|rudolph rudy|russell russ rusty|sidney sid|solomon sol|stanley stan|sylvester sly|tobias toby|wesley wes|winston win`

// nicknameGroups reads the table when it is first needed: each form with the groups that it is in. It is never changed.
var nicknameGroups = sync.OnceValue(func() map[string][]int16 {
	out := make(map[string][]int16, 700)
	var i int16
	for group := range strings.SplitSeq(nicknameTable, "|") {
		for name := range strings.FieldsSeq(group) {
			out[name] = append(out[name], i)
		}
		i++
	}
	return out
})

// nicknames says whether two first names can be short forms of one.
func nicknames(a, b string) bool {
	groups := nicknameGroups()
	for _, i := range groups[a] {
		for _, j := range groups[b] {
			if i == j {
				return true
			}
		}
	}
	return false
}
