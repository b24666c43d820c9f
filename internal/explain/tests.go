package explain

import (
	"fmt"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// TestResult is what became of one of a document's tests.
type TestResult struct {
	Name   string   `json:"name"`
	Line   int      `json:"line"`
	Passed bool     `json:"passed"`
	Want   []string `json:"want"`
	Got    []string `json:"got"`
	// Answer tells why.
	Answer Answer `json:"-"`
}

// Tests runs the tests of the document, in order. The error names resources that
// no telemetry can have.
func (x *Explainer) Tests() ([]TestResult, error) {
	var results []TestResult
	for i := range x.doc.Tests {
		t := &x.doc.Tests[i]
		resource := pcommon.NewResource()
		if err := resource.Attributes().FromRaw(t.Resource); err != nil {
			return nil, fmt.Errorf("tests[%d]: %w", i, err)
		}
		r := TestResult{Name: t.Name, Line: t.Place.Line, Want: []string{}, Answer: x.Explain(resource, t.Signal)}
		for _, e := range t.Expect {
			r.Want = append(r.Want, e.Name)
		}
		r.Got = slices.Clone(r.Answer.Taken)
		r.Passed = slices.Equal(sorted(r.Got), sorted(r.Want))
		if r.Name == "" {
			r.Name = strings.TrimPrefix(r.Answer.title(), "resource ")
		}
		results = append(results, r)
	}
	return results, nil
}

func sorted(names []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(names)))
}
