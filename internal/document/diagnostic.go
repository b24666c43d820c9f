package document

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Severity says how bad a problem is.
type Severity string

// The severities. Only an error keeps a document from being used.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Position is a place in a document. Line and Column count from 1; both are 0 if
// the place is the whole document.
type Position struct {
	File   string `json:"file"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

func (p Position) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Diagnostic is one problem of a document.
type Diagnostic struct {
	Severity Severity `json:"severity"`
	Position
	// Path leads to the place by the document's keys: "streams.checkout.actions[0]".
	Path string `json:"path,omitempty"`
	// Message says what is wrong, and Remedy what to do, if that is not obvious.
	Message string `json:"message"`
	Remedy  string `json:"remedy,omitempty"`
}

// String is the diagnostic in one line, as compilers print them.
func (d Diagnostic) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s: ", d.Position, d.Severity)
	if d.Path != "" {
		b.WriteString(d.Path + ": ")
	}
	b.WriteString(d.Message)
	if d.Remedy != "" {
		b.WriteString(": " + d.Remedy)
	}
	return b.String()
}

// Diagnostics are the problems of a document, in the order of their places.
type Diagnostics []Diagnostic

// Failed reports whether there is an error among them.
func (ds Diagnostics) Failed() bool {
	return slices.ContainsFunc(ds, func(d Diagnostic) bool { return d.Severity == Error })
}

// Sorted returns them in the order of their places, without repetitions.
func (ds Diagnostics) Sorted() Diagnostics {
	sorted := slices.Clone(ds)
	slices.SortStableFunc(sorted, func(a, b Diagnostic) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Message, b.Message))
	})
	return slices.Compact(sorted)
}

// Err returns the errors among them as one error, or nil.
func (ds Diagnostics) Err() error {
	var lines []string
	for _, d := range ds {
		if d.Severity == Error {
			lines = append(lines, d.String())
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return fmt.Errorf("%s", strings.Join(lines, "\n"))
}
