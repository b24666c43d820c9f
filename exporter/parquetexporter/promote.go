package parquetexporter

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/otelcol-datastreams/otelcol-datastreams/exporter/parquetexporter/internal/metadata"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
)

// PromoteConfig lists attributes that get columns of their own.
type PromoteConfig struct {
	// Resource are attributes of resources, for all signals.
	Resource []PromotionConfig `mapstructure:"resource"`
	// Spans, LogRecords, DataPoints and Samples (of profiles) are attributes of
	// those.
	Spans      []PromotionConfig `mapstructure:"spans"`
	LogRecords []PromotionConfig `mapstructure:"log_records"`
	DataPoints []PromotionConfig `mapstructure:"data_points"`
	Samples    []PromotionConfig `mapstructure:"samples"`
}

// PromotionConfig is one attribute and its column.
type PromotionConfig struct {
	// Key is the attribute's key. The column's name is the key in lower case,
	// with "_" for all but letters and digits. Required.
	Key string `mapstructure:"key"`
	// Type is string, int64, double or bool. A value of another type stays in
	// the map. Default: string.
	Type string `mapstructure:"type"`
}

func promotions(scope columnar.Scope, list []PromotionConfig) []columnar.Promotion {
	var all []columnar.Promotion
	for _, p := range list {
		t := columnar.Type(p.Type)
		if t == "" {
			t = columnar.String
		}
		all = append(all, columnar.Promotion{Key: p.Key, Scope: scope, Type: t})
	}
	return all
}

// of returns the promotions of a table whose items have the attributes in list.
func (c *PromoteConfig) of(list []PromotionConfig) []columnar.Promotion {
	return append(promotions(columnar.Resource, c.Resource), promotions(columnar.Item, list)...)
}

// validate tries the tables with one promotion more at a time.
func (c *PromoteConfig) validate() []error {
	traces := func(p []columnar.Promotion) error { return second(columnar.NewTraces(columnar.Options{Promote: p})) }
	logs := func(p []columnar.Promotion) error { return second(columnar.NewLogs(columnar.Options{Promote: p})) }
	metrics := func(p []columnar.Promotion) error { return second(columnar.NewMetrics(columnar.Options{Promote: p})) }
	profiles := func(p []columnar.Promotion) error { return second(columnar.NewProfiles(columnar.Options{Promote: p})) }
	all := func(p []columnar.Promotion) error { return cmp.Or(traces(p), logs(p), metrics(p)) }
	samples, enabled := c.Samples, metadata.ExporterParquetProfilesFeatureGate.IsEnabled()
	if enabled {
		stable := all
		all = func(p []columnar.Promotion) error { return cmp.Or(stable(p), profiles(p)) }
	} else {
		samples = nil
	}

	good, problems := try("resource", nil, promotions(columnar.Resource, c.Resource), all)
	for _, items := range []struct {
		key  string
		list []PromotionConfig
		try  func([]columnar.Promotion) error
	}{{"spans", c.Spans, traces}, {"log_records", c.LogRecords, logs}, {"data_points", c.DataPoints, metrics}, {"samples", samples, profiles}} {
		_, bad := try(items.key, good, promotions(columnar.Item, items.list), items.try)
		problems = append(problems, bad...)
	}
	if !enabled && len(c.Samples) > 0 {
		problems = append(problems, fmt.Errorf("promote: samples: profiles are experimental: remove the list or run the collector with --feature-gates=%s",
			metadata.ExporterParquetProfilesFeatureGate.ID()))
	}
	return problems
}

func second[T any](_ T, err error) error { return err }

// try returns those promotions that a table takes, after those that it has
// taken, and what is wrong with the others.
func try(key string, taken, more []columnar.Promotion, table func([]columnar.Promotion) error) (good []columnar.Promotion, problems []error) {
	good = slices.Clip(taken)
	for i, p := range more {
		if len(good) == columnar.MaxPromotions {
			problems = append(problems, fmt.Errorf("promote: %s: there are more than %d attributes, with those of resources: promote fewer", key, columnar.MaxPromotions))
			break
		}
		if err := table(append(slices.Clip(good), p)); err != nil {
			problems = append(problems, fmt.Errorf("promote: %s::%d: attribute %q: %w", key, i, p.Key, reason(err)))
			continue
		}
		good = append(good, p)
	}
	return good, problems
}

// reason returns what is wrong with the only promotion that is, without its
// number and key.
func reason(err error) error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		err = joined.Unwrap()[0]
	}
	return cmp.Or(errors.Unwrap(err), err)
}
