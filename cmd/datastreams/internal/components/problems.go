package components

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// problem is what is wrong with a part of a configuration.
type problem struct {
	path []string
	text string
	// unknown is the last key of the path, if it is that which is wrong.
	unknown string
}

// decodeError is what mapstructure reports: Name leads to the part.
type decodeError interface {
	error
	Name() string
	Unwrap() error
}

// decodeProblems returns the problems that an error of decoding consists of. path
// leads to what was decoded, in the configuration.
func decodeProblems(err error, config any, path []string) []problem {
	if named, ok := err.(decodeError); ok { //nolint:errorlint // The tree is walked here.
		if inner := slices.Concat(path, keysOf(named.Name())); exists(config, inner) {
			path = inner // Otherwise it is the name of a type.
		}
		err = named.Unwrap()
		if keys, ok := strings.CutPrefix(err.Error(), "has invalid keys: "); ok {
			var all []problem
			for key := range strings.SplitSeq(keys, ", ") {
				all = append(all, problem{path: slices.Concat(path, []string{key}), unknown: key})
			}
			return all
		}
	}
	if _, ok := errors.AsType[decodeError](err); !ok {
		return []problem{{path: path, text: err.Error()}}
	}
	var all []problem
	for _, e := range unwrap(err) {
		all = append(all, decodeProblems(e, config, path)...)
	}
	return all
}

// unwrap returns the errors that err is directly made of, or err itself.
func unwrap(err error) []error {
	switch e := err.(type) { //nolint:errorlint // One level is looked at.
	case interface{ Unwrap() []error }:
		return e.Unwrap()
	case interface{ Unwrap() error }:
		return []error{e.Unwrap()}
	}
	return []error{err}
}

// keysOf returns the keys of a name such as "spool.max_size_mib" or
// "custom[0].pattern".
func keysOf(name string) []string {
	var keys []string
	for name != "" {
		end, skip := strings.IndexAny(name, ".["), 1
		if name[0] == '[' {
			name = name[1:]
			end = strings.IndexByte(name, ']')
		}
		if end < 0 {
			end, skip = len(name), 0
		}
		if key := name[:end]; key != "" {
			keys = append(keys, key)
		}
		name = name[end+skip:]
	}
	return keys
}

// texts returns what the errors say that err was joined of, each behind what
// stands in front of all of them.
func texts(err error, prefix string) []string {
	if err == nil {
		return nil
	}
	switch e := err.(type) { //nolint:errorlint // The tree is walked here.
	case interface{ Unwrap() []error }:
		var all []string
		for _, inner := range e.Unwrap() {
			all = append(all, texts(inner, prefix)...)
		}
		return all
	case interface{ Unwrap() error }:
		if inner := e.Unwrap(); inner != nil {
			if before, ok := strings.CutSuffix(err.Error(), inner.Error()); ok {
				return texts(inner, prefix+before)
			}
		}
	}
	return []string{prefix + err.Error()}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
