package accesskey

import (
	"fmt"
	"strings"

	"github.com/msp-collector/msp-collector/internal/placeholder"
)

// part is a piece of credentials, with its name in messages.
type part struct{ name, value string }

// placeholders returns an error that names every part that is an example of a document. wanted is what belongs there.
func placeholders(wanted string, parts []part) error {
	var names []string
	for _, p := range parts {
		if placeholder.IsCredential(p.value) {
			names = append(names, p.name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	others := ""
	if len(names) > 1 {
		others = ", and so is the " + strings.Join(names[1:], " and the ")
	}
	return fmt.Errorf("the %s is still a placeholder%s: replace it by the %s", names[0], others, wanted)
}
