package feed

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// maxMetrics bounds how much of the collector's metrics is read.
const maxMetrics = 16 << 20

// Scraper reads the collector's own metrics.
type Scraper struct {
	// URL is where they are, such as http://127.0.0.1:8888/metrics.
	URL    string
	Client *http.Client
}

// sample is one value of a metric.
type sample struct {
	labels map[string]string
	value  float64
}

// metrics are samples by the name of the metric, without the ends that
// Prometheus gives to names.
type metrics map[string][]sample

// Scrape reads all metrics.
func (s Scraper) scrape(ctx context.Context) (metrics, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL, http.NoBody)
	if err != nil {
		return nil, err
	}
	resp, err := s.Client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", s.URL, resp.Status)
	}
	return parse(io.LimitReader(resp.Body, maxMetrics))
}

func parse(r io.Reader) (metrics, error) {
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(r)
	if err != nil {
		return nil, err
	}
	all := make(metrics)
	for name, family := range families {
		if !strings.HasPrefix(name, "otelcol_") {
			continue
		}
		name = strings.TrimSuffix(name, "_total")
		for _, m := range family.GetMetric() {
			value, ok := valueOf(m)
			if !ok {
				continue
			}
			labels := make(map[string]string, len(m.GetLabel()))
			for _, l := range m.GetLabel() {
				labels[l.GetName()] = l.GetValue()
			}
			all[name] = append(all[name], sample{labels, value})
		}
	}
	return all, nil
}

func valueOf(m *dto.Metric) (float64, bool) {
	switch {
	case m.Counter != nil:
		return m.GetCounter().GetValue(), true
	case m.Gauge != nil:
		return m.GetGauge().GetValue(), true
	case m.Untyped != nil:
		return m.GetUntyped().GetValue(), true
	default:
		return 0, false
	}
}
