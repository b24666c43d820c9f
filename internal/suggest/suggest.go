// Package suggest finds the name that somebody who misspelled another
// probably meant.
package suggest

import (
	"fmt"
	"strings"
)

// Among returns `; did you mean "x"?` for the candidate nearest to name, or
// `; use one of a, b, c` when none is near. Candidates keep their order, so
// the first of several equally near ones wins.
func Among(name string, candidates []string) string {
	best, distance := "", len(name)/2+1
	for _, c := range candidates {
		if d := editDistance(strings.ToLower(name), strings.ToLower(c)); d < distance {
			best, distance = c, d
		}
	}
	if best != "" {
		return fmt.Sprintf("; did you mean %q?", best)
	}
	return "; use one of " + strings.Join(candidates, ", ")
}

// editDistance is Levenshtein's, over bytes.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			above := row[j+1]
			substituted := diagonal
			if a[i] != b[j] {
				substituted++
			}
			row[j+1] = min(above+1, row[j]+1, substituted)
			diagonal = above
		}
	}
	return row[len(b)]
}
