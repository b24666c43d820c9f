package ottlcondition

import (
	"errors"
	"fmt"
	"strings"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl/contexts/ottlspan"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl/ottlfuncs"
	"go.opentelemetry.io/collector/component"
)

// Span is a compiled condition over a span, its scope and its resource. It is
// safe for concurrent use.
type Span = ottl.Condition[*ottlspan.TransformContext]

// ParseSpan compiles the text of an OTTL condition over a span. The condition
// logs with the settings' logger and may outlive the call.
func ParseSpan(text string, settings component.TelemetrySettings) (*Span, error) {
	if strings.TrimSpace(text) == "" {
		return nil, errors.New("an empty condition would hold for everything; leave it out")
	}
	if requestPath.MatchString(literal.ReplaceAllString(text, "")) {
		return nil, errors.New("not a condition over a span: the paths of otelcol belong to a request, which is unknown here")
	}
	parser, err := ottlspan.NewParser(ottlfuncs.StandardConverters[*ottlspan.TransformContext](), settings)
	if err != nil {
		return nil, err
	}
	condition, err := parser.ParseCondition(text)
	if err != nil {
		return nil, fmt.Errorf("not an OTTL condition over a span: %w", err)
	}
	return condition, nil
}
