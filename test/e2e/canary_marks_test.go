package e2e

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/textfields"
)

// mark is a text in one kind of field that is no secret, so that it has to arrive.
type mark struct {
	place string // of the field, such as Span.Name
	text  string // as it starts
}

// mark puts a text of its own into each text field, and returns how they start.
func (g grown) mark() []mark {
	var marks []mark
	n := 0
	textfields.Visit(g.payload, func(f textfields.Field) {
		n++
		m := mark{f.Place, fmt.Sprintf("harmless %s %s.", path.Base(g.path), f.Place)}
		f.Set(fmt.Sprintf("%s%d", m.text, n))
		if !slices.Contains(marks, m) {
			marks = append(marks, m)
		}
	})
	return marks
}

// Some fields do not come out by design: the processor cannot look into the payload
// that a profile was made of, and takes it out; Parquet has no columns for entities.
var (
	takenOut     = []string{"Profile.OriginalPayload"}
	notInParquet = append([]string{"EntityRef.SchemaUrl", "EntityRef.Type", "EntityRef.IdKeys", "EntityRef.DescriptionKeys"}, takenOut...)
)

// requireMarks fails unless each output has the marks of all signals, in every kind
// of field, and the log of the debug exporter some of each.
func requireMarks(t *testing.T, outputs map[string][]byte, log string, marks map[string][]mark) {
	t.Helper()
	require.Len(t, marks, 4)
	for signal, all := range marks {
		require.Contains(t, log, "harmless "+path.Base(signal))
		for output, gone := range map[string][]string{"lake": notInParquet, "out.json": takenOut, "OTLP": takenOut, "queue": takenOut} {
			for _, m := range all {
				require.Equal(t, slices.Contains(gone, m.place), !contains(outputs[output], m.text), "%s of %s in %s", m.place, signal, output)
			}
		}
	}
}

// contains reports whether a text is in data as it is or in base64, as JSON has
// bytes.
func contains(data []byte, text string) bool {
	encoded := base64.StdEncoding.EncodeToString([]byte(text[:len(text)/3*3]))
	return bytes.Contains(data, []byte(text)) || bytes.Contains(data, []byte(encoded))
}

// received is a destination that takes OTLP over HTTP.
type received struct {
	*httptest.Server
	mu   sync.Mutex
	data []byte // of all requests
}

func newReceived(t *testing.T) *received {
	r := &received{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.data = append(r.data, body...)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *received) bytes() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return bytes.Clone(r.data)
}
