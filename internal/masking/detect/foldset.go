package detect

import "strings"

// foldSet is a set of names in any case. Looking one up costs no allocation.
type foldSet struct {
	byLength [][]string // in lower case
	longest  int
}

func newFoldSet(names []string) foldSet {
	var s foldSet
	for _, name := range names {
		s.longest = max(s.longest, len(name))
	}
	s.byLength = make([][]string, s.longest+1)
	for _, name := range names {
		s.byLength[len(name)] = append(s.byLength[len(name)], strings.ToLower(name))
	}
	return s
}

// has reports whether name, which is not empty, is in the set.
func (s foldSet) has(name string) bool {
	if len(name) > s.longest {
		return false
	}
	for _, candidate := range s.byLength[len(name)] {
		if hasFoldPrefix(name, candidate) {
			return true
		}
	}
	return false
}
