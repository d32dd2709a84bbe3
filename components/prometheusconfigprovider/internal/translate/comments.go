package translate

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

var (
	// Settings that were commented out, and URLs, keep their secrets in comments.
	secretInComment = regexp.MustCompile(`(?i)((?:token|secret|passw[a-z]*|passphrase|credentials?|bearer(?:_token)?|authorization|api_?key|access_?key|secret_?key|\bkey)["']?\s*[:=]\s*)\S.*`)
	userInComment   = regexp.MustCompile(`(://)[^/@\s]+@`)
)

const removed = "<removed>"

// minSecretInComment keeps short passwords, which are words of comments as well, from punching holes into these.
const minSecretInComment = 6

// hideInComments takes secrets out of the comments of a document.
func (t *translation) hideInComments(node *yaml.Node) {
	for _, comment := range []*string{&node.HeadComment, &node.LineComment, &node.FootComment} {
		if *comment == "" {
			continue
		}
		*comment = secretInComment.ReplaceAllString(*comment, "${1}"+removed)
		*comment = userInComment.ReplaceAllString(*comment, "${1}"+removed+"@")
		for _, secret := range t.replaced {
			if len(secret) >= minSecretInComment {
				*comment = strings.ReplaceAll(*comment, secret, removed)
			}
		}
	}
	for _, child := range node.Content {
		t.hideInComments(child)
	}
}
