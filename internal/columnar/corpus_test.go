package columnar

import (
	"time"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/shop"
)

// corpusTime is the time of the corpus, in the middle of an hour.
var corpusTime = time.Date(2026, 11, 22, 5, 30, 0, 0, time.UTC)

// corpus is telemetry as real services send it, the same in every run.
type corpus struct{ *shop.Shop }

func newCorpus() corpus { return corpus{shop.New(1)} }

func (c corpus) traces(n int) ptrace.Traces { return c.Traces(n, corpusTime) }

func (c corpus) logs(n int) plog.Logs { return c.Logs(n, corpusTime) }

func (c corpus) metrics(n int) pmetric.Metrics { return c.Metrics(n, corpusTime) }
