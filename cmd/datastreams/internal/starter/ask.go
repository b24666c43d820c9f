package starter

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/streamname"
)

// Answers are what a document is started from.
type Answers struct {
	// Parquet is the URL of a lake, and OTLP the address of an OTLP/gRPC
	// endpoint. At least one is given.
	Parquet, OTLP string
	// Streams are of the form name=key=value[,value].
	Streams []string
}

// Draft makes a draft of the answers. The error names an answer that makes no
// sense.
func (a Answers) Draft() (Draft, error) {
	var d Draft
	var all []string
	if a.Parquet != "" {
		d.Destinations = append(d.Destinations, Destination{Name: "lake", Type: "parquet", Config: map[string]any{"url": a.Parquet}})
		all = append(all, "lake")
	}
	if a.OTLP != "" {
		config := map[string]any{"endpoint": a.OTLP}
		if loopback(a.OTLP) {
			config["tls"] = map[string]any{"insecure": true}
		}
		d.Destinations = append(d.Destinations, Destination{Name: "backend", Type: "otlp_grpc", Config: config})
		all = append(all, "backend")
	}
	if len(all) == 0 {
		return d, errors.New("no destination: name a place for Parquet files, or an OTLP endpoint")
	}
	for _, text := range a.Streams {
		s, test, err := parseStream(text)
		if err != nil {
			return d, err
		}
		s.Destinations = all
		d.Streams = append(d.Streams, s)
		d.Tests = append(d.Tests, test)
	}
	d.Streams = append(d.Streams, Stream{Name: "default", Note: "# What no other stream takes.", Destinations: all[:1]})
	d.Tests = append(d.Tests, Test{Resource: map[string]string{"service.name": "something-else"}, Expect: []string{"default"}})
	return d, nil
}

func loopback(endpoint string) bool {
	return strings.HasPrefix(endpoint, "127.") || strings.HasPrefix(endpoint, "localhost:") || strings.HasPrefix(endpoint, "[::1]:")
}

// parseStream reads name=key=value[,value].
func parseStream(text string) (Stream, Test, error) {
	name, source, _ := strings.Cut(text, "=")
	key, list, ok := strings.Cut(source, "=")
	if !ok || key == "" || list == "" {
		return Stream{}, Test{}, fmt.Errorf("stream %q is not of the form name=attribute=value[,value]", text)
	}
	if err := streamname.Validate(name); err != nil {
		return Stream{}, Test{}, err
	}
	values := strings.Split(list, ",")
	var value any = values[0]
	if len(values) > 1 {
		value = flow(values)
	}
	return Stream{Name: name, Sources: []map[string]any{{key: value}}},
		Test{Resource: map[string]string{key: values[0]}, Expect: []string{name}}, nil
}

// Ask asks for the answers that a does not have. It reads lines from in, until
// its end, and writes questions to out.
func Ask(in io.Reader, out io.Writer, a Answers) (Answers, error) {
	q := &questions{in: bufio.NewScanner(in), out: out}
	if a.Parquet == "" && a.OTLP == "" {
		a.Parquet = q.ask("Where shall Parquet files go? A directory as file:path, s3://bucket/prefix, or none", "file:./data/parquet")
		if a.Parquet == "none" {
			a.Parquet = ""
		}
		a.OTLP = q.ask("An OTLP/gRPC backend as host:port, or none", "none")
		if a.OTLP == "none" {
			a.OTLP = ""
		}
	}
	for len(a.Streams) < 100 {
		name := q.ask("Name of a stream, or nothing to finish", "")
		if name == "" {
			break
		}
		if err := streamname.Validate(name); err != nil {
			fmt.Fprintf(out, "  %v\n", err)
			continue
		}
		key := q.ask("  Its sources have the resource attribute", "service.name")
		values := q.ask("  with one of the values (separated by commas)", "")
		if values == "" {
			fmt.Fprintln(out, "  without a value there is no stream")
			continue
		}
		a.Streams = append(a.Streams, name+"="+key+"="+strings.ReplaceAll(values, ", ", ","))
	}
	return a, q.in.Err()
}

type questions struct {
	in  *bufio.Scanner
	out io.Writer
}

// ask returns an answer, or the standard one for an empty line.
func (q *questions) ask(question, standard string) string {
	if standard != "" {
		question += " [" + standard + "]"
	}
	fmt.Fprintf(q.out, "%s: ", question)
	if !q.in.Scan() {
		return standard
	}
	if answer := strings.TrimSpace(q.in.Text()); answer != "" {
		return answer
	}
	return standard
}
