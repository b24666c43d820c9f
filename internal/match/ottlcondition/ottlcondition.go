// Package ottlcondition makes OTTL conditions over resources usable in the
// selectors of streams. It keeps OTTL out of package match.
//
// A condition may use the paths of OTTL's resource context (attributes and
// dropped_attributes_count, with or without the prefix "resource.") and OTTL's
// standard converters, such as IsMatch. It has no schema URL: the path reads
// as the empty text, because a resource is the same source whatever the
// schema. The context cache is empty, and editors such as set do not exist.
package ottlcondition

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl/contexts/ottlresource"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl/ottlfuncs"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/match"
)

// Parse compiles the text of an OTTL condition over a resource. The condition
// logs with the settings' logger and may outlive the call.
func Parse(text string, settings component.TelemetrySettings) (match.Condition, error) {
	if strings.TrimSpace(text) == "" {
		return nil, errors.New("an empty condition would take everything; leave it out, or name attributes")
	}
	if requestPath.MatchString(literal.ReplaceAllString(text, "")) {
		return nil, errors.New("not a condition over a resource: the paths of otelcol belong to a request, which is unknown here")
	}
	parser, err := ottlresource.NewParser(ottlfuncs.StandardConverters[*ottlresource.TransformContext](), settings)
	if err != nil {
		return nil, err
	}
	compiled, err := parser.ParseCondition(text)
	if err != nil {
		return nil, fmt.Errorf("not an OTTL condition over a resource: %w", err)
	}
	return condition{text: text, compiled: compiled}, nil
}

// The parser knows paths such as otelcol.client.metadata, which would always be
// nil. What looks like one within a string literal is none.
var (
	literal     = regexp.MustCompile(`"(?:\\.|[^"\\])*"`)
	requestPath = regexp.MustCompile(`\botelcol\s*\.`)
)

type condition struct {
	text     string
	compiled *ottl.Condition[*ottlresource.TransformContext]
}

// Holds implements match.Condition.
func (c condition) Holds(resource pcommon.Resource) (bool, error) {
	tCtx := ottlresource.NewTransformContextPtr(resource, noSchema{})
	defer tCtx.Close()
	// A condition neither waits nor reads the context of a request.
	return c.compiled.Eval(context.Background(), tCtx)
}

// String implements match.Condition.
func (c condition) String() string { return c.text }

// noSchema answers the path schema_url, which would panic without an answer.
type noSchema struct{}

func (noSchema) SchemaUrl() string { return "" } //nolint:revive // The name is ottlresource's.

func (noSchema) SetSchemaUrl(string) {} //nolint:revive // The name is ottlresource's.
