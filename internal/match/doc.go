// Package match decides which streams a resource belongs to.
//
// A stream selects resources by clauses over their attributes: any clause of
// Select must hold and none of Exclude. A clause holds when all its terms hold,
// and a term is a predicate over the value of one attribute. A clause may also
// have a condition over the whole resource, which is asked last, and only where
// its answer makes a difference. Streams may merely observe what they match.
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
// Conditions come on top: each that is left to ask is evaluated for each
// resource. They are independent of how many other streams there are.
//
// Explain tells which streams take a resource and why, by evaluating clause by
// clause; from there on it decides with the same code.
//
// The package knows neither signals nor consumers.
package match
