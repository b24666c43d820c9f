package parquetexporter

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/otelcol-datastreams/otelcol-datastreams/exporter/parquetexporter/internal/metadata"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/lakeddl"
)

// metaDirectory holds what is about the files: query engines skip names that
// start with an underscore.
const metaDirectory = "_meta/" + columnar.PathVersion + "/"

// publish puts the statements by which query engines read the files beside them.
// The exporters of all signals write the same.
func (e *parquetExporter[D]) publish(ctx context.Context) error {
	tables, err := e.cfg.tables()
	if err != nil {
		return err
	}
	o := lakeddl.Options{URL: e.cfg.URL}
	if s3 := e.cfg.S3.Get(); s3 != nil {
		o.Endpoint = s3.Endpoint
	}
	if azblob := e.cfg.AzBlob.Get(); azblob != nil {
		o.Account = azblob.Account
	}
	documents, err := lakeddl.Documents(o, tables)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(documents)) {
		if err := e.store.Put(ctx, metaDirectory+name, documents[name]); err != nil {
			return fmt.Errorf("write %s: %w", metaDirectory+name, err)
		}
	}
	return nil
}

// tables describes the tables of all signals, whether this collector writes them
// or not; profiles only if it may. They are the last, since DuckDB makes no view
// without files.
func (c *Config) tables() ([]lakeddl.Table, error) {
	traces, tracesErr := describe(c, &tracesSignal)
	logs, logsErr := describe(c, &logsSignal)
	metrics, metricsErr := describe(c, &metricsSignal)
	tables, err := []lakeddl.Table{traces, logs, metrics}, errors.Join(tracesErr, logsErr, metricsErr)
	if metadata.ExporterParquetProfilesFeatureGate.IsEnabled() {
		profiles, profilesErr := describe(c, &profilesSignal)
		tables, err = append(tables, profiles), errors.Join(err, profilesErr)
	}
	return tables, err
}

func describe[D any](c *Config, s *signal[D]) (lakeddl.Table, error) {
	table, err := s.newTable(c)
	if err != nil {
		return lakeddl.Table{}, err
	}
	return lakeddl.Table{Signal: table.Name(), Columns: table.Schema()}, nil
}
