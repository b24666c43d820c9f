// Package match decides which streams a resource belongs to.
//
// A stream selects resources by clauses over their attributes: any clause of
// Select must hold and none of Exclude. A clause holds when all its terms
// hold, and a term is a predicate over the value of one attribute.
//
// Values are compared by their string form (pcommon.Value.AsString): the int
// 42 equals "42", the bool true equals "true", slices and maps compare as
// JSON. An attribute that occurs twice counts with its first value.
//
// A Table is the compiled form of all streams. Its cost per resource does not
// grow with the number of streams: each referenced attribute value is mapped
// to a pattern (which clauses it satisfies) by one hash lookup, and each
// combination of patterns to its streams by another. Both memos have a fixed
// size; a miss costs a full evaluation, never a wrong answer.
//
// The package knows neither signals nor consumers.
package match
