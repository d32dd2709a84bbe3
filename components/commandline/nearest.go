package commandline

import "fmt"

// didYouMean returns a phrase that names the word nearest to a mistyped one, or "" when none is near.
func didYouMean(word string, among []string) string {
	if near := nearest(word, among); near != "" {
		return fmt.Sprintf(" (did you mean %q?)", near)
	}
	return ""
}

// nearest returns the word with the smallest edit distance to a mistyped one, or "" when more than a third of it differs.
func nearest(word string, among []string) (best string) {
	least := len(word)/3 + 1
	for _, candidate := range among {
		if d := distance(word, candidate); d < least || d == least && best != "" && candidate < best {
			best, least = candidate, d
		}
	}
	return best
}

// distance counts the bytes to insert, remove, replace or swap with their neighbour to make one word of another.
func distance(a, b string) int {
	before, last, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(last[j]+1, next[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, last, next = last, next, before
	}
	return last[len(b)]
}
