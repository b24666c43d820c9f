package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// routerItems is the metric that counts what became of the router's items.
const routerItems = "otelcol_connector_datastreamrouter_items"

// notDropped are the outcomes of the router that do not end a record's way.
var notDropped = []string{"already_delivered", "delivered", "observed", "refused"}

// dropped returns how many records of stream b the collector has counted as
// dropped until now.
func (c *collector) dropped(ctx context.Context, w *wire, b buffer) (int, error) {
	body, err := get(ctx, c.metrics+"/metrics")
	if err != nil {
		return 0, err
	}
	defer body.Close()
	return countDropped(body, w, b)
}

// countDropped reads from a collector's metrics how many records of stream b
// our router dropped, and the exporter if it has a queue: without one it
// returns its errors to the router.
func countDropped(metrics io.Reader, w *wire, b buffer) (int, error) {
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(metrics)
	if err != nil {
		return 0, err
	}
	n := sum(families[routerItems], func(labels map[string]string) bool {
		return labels["stream"] == streamB && !slices.Contains(notDropped, labels["outcome"])
	})
	if b != noQueue {
		n += sum(families[w.failed], func(labels map[string]string) bool { return labels["exporter"] == "otlp_grpc/"+streamB })
	}
	return n, nil
}

// sum adds up the counters of a family, nil if there is none, that have certain
// labels.
func sum(family *dto.MetricFamily, include func(labels map[string]string) bool) int {
	total := 0.0
	for _, metric := range family.GetMetric() {
		labels := make(map[string]string)
		for _, pair := range metric.GetLabel() {
			labels[pair.GetName()] = pair.GetValue()
		}
		if include(labels) {
			total += metric.GetCounter().GetValue()
		}
	}
	return int(total)
}

// get returns the body of what a collector says at an address and path.
func get(ctx context.Context, address string) (io.ReadCloser, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address, nil)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		answer.Body.Close()
		return nil, fmt.Errorf("%s: %s", address, answer.Status)
	}
	return answer.Body, nil
}
