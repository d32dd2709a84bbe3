//go:build !unix

package unreadable

func explain(path string) string {
	return "this process runs as " + self() + ": let this user read " + path
}
