package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/memory"
	arrowparquet "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// The other layout of the queries has service_name as a column and all other attributes in maps.

// withoutPromoted returns s with all attributes but service.name in maps.
func (s *schema) withoutPromoted() *schema {
	const kept = "service.name"
	out := &schema{index: map[string]int{}, resource: map[string]int{}, item: map[string]int{}}
	promoted := s.promoted()
	for _, c := range s.columns {
		if !slices.Contains(promoted, c.Name) {
			out.index[c.Name] = len(out.columns)
			out.columns = append(out.columns, c)
		}
	}
	out.resource[kept] = out.index["service_name"]
	return out
}

// promoted returns the names of the columns that attributes but service.name are moved into.
func (s *schema) promoted() []string {
	var names []string
	for _, promoted := range []map[string]int{s.resource, s.item} {
		for _, i := range promoted {
			if column := s.columns[i].Name; column != "service_name" {
				names = append(names, column)
			}
		}
	}
	slices.Sort(names)
	return names
}

// writeArrived writes as programs do that fill the builders of arrow-go and leave the rest to it: spans in the order
// in which they arrive, and as many row groups as it thinks best.
func writeArrived(dir string, c corpus[ptrace.Traces]) error {
	if err := os.Mkdir(dir, 0o750); err != nil {
		return err
	}
	s, err := newSchema()
	if err != nil {
		return err
	}
	n := 0
	for payloads := range perFile(c) {
		path := filepath.Join(dir, fmt.Sprintf("%02d.parquet", n))
		n++
		if err := writeArrow(path, s.withoutPromoted(), c, payloads); err != nil {
			return err
		}
	}
	return nil
}

func writeArrow(path string, s *schema, c corpus[ptrace.Traces], payloads [][]byte) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	sink, err := newArrowSink(s)
	if err != nil {
		return err
	}
	sink.groupRows, sink.out.copy = int(arrowparquet.DefaultMaxRowGroupLen), file
	for _, data := range payloads {
		td, err := c.unmarshal(data)
		if err != nil {
			return err
		}
		if err := sink.add(td); err != nil {
			return err
		}
	}
	_, err = sink.close()
	return err
}

// writeMaps writes our files again with maps, by DuckDB, and those by arrow-go.
func writeMaps(duckdb, root string, files []string) error {
	byDuck, byArrow := filepath.Join(root, tables[laidByDuck]), filepath.Join(root, tables[laidMaps])
	if err := errors.Join(os.Mkdir(byDuck, 0o750), os.Mkdir(byArrow, 0o750)); err != nil {
		return err
	}
	for i, file := range files {
		name := fmt.Sprintf("%02d.parquet", i)
		if _, err := ask(duckdb, []string{copyToMaps(file, filepath.Join(byDuck, name))}); err != nil {
			return err
		}
		if err := copyByArrow(filepath.Join(byDuck, name), filepath.Join(byArrow, name)); err != nil {
			return err
		}
	}
	return nil
}

// copyByArrow lets arrow-go read a file and write it again, with row groups of the same size.
func copyByArrow(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	read, err := pqarrow.ReadTable(context.Background(), in, arrowparquet.NewReaderProperties(memory.DefaultAllocator),
		pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		return err
	}
	defer read.Release()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	defer out.Close()
	return pqarrow.WriteTable(read, out, rowsPerGroup, arrowProperties(rowsPerGroup), pqarrow.DefaultWriterProps())
}

// copyToMaps writes a file again as others lay it out: only service_name is a column, all other attributes are in
// maps. Rows keep their order.
func copyToMaps(from, to string) string {
	s, err := newSchema()
	if err != nil {
		panic(err) // It has been made before.
	}
	merged := func(name string, promoted map[string]int) string {
		var entries []string
		for key, i := range promoted {
			if column := s.columns[i].Name; column != "service_name" {
				entries = append(entries, fmt.Sprintf("{'k': '%s', 'v': %s::VARCHAR}", key, column))
			}
		}
		slices.Sort(entries)
		return fmt.Sprintf("map_concat(%s, map_from_entries(list_filter([%s], lambda e: e.v IS NOT NULL))) AS %s", name, strings.Join(entries, ", "), name)
	}
	return fmt.Sprintf("COPY (SELECT * EXCLUDE (%s) REPLACE (%s, %s) FROM read_parquet('%s', hive_partitioning = false)) "+
		"TO '%s' (FORMAT parquet, COMPRESSION zstd, WRITE_BLOOM_FILTER false, ROW_GROUP_SIZE %d)",
		strings.Join(s.promoted(), ", "), merged("attributes", s.item), merged("resource_attributes", s.resource), from, to, rowsPerGroup)
}
