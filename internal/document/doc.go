// Package document reads datastreams.yaml: its types, their strict decoding with
// every problem at its line, and the JSON Schema that editors complete it by. It
// knows nothing of what the document compiles to.
package document
