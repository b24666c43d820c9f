package datastreamsextension

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configoptional"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/health"
	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/session"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/sources"
)

// memory is what a reload does not forget: who sends, who is logged in, and how
// the exporters were.
type memory struct {
	sources  *sources.Table
	sessions *session.Table
	health   *health.Watch
}

// memories are those of the documents that this process runs by. They outlive
// the extension, and are few: there is one for each document.
var memories = struct {
	sync.Mutex
	of map[string]*memory
}{of: make(map[string]*memory)}

func memoryOf(document string) *memory {
	memories.Lock()
	defer memories.Unlock()
	m := memories.of[document]
	if m == nil {
		m = &memory{sources: sources.New(), sessions: session.NewTable(), health: health.New()}
		memories.of[document] = m
	}
	return m
}

// noAuth is that of a server which has somebody else ask.
var noAuth = configoptional.None[confighttp.AuthConfig]()

// below returns a handler for requests whose path begins with base, or does not
// because a proxy has taken it off.
func below(base string, next http.Handler) http.Handler {
	if base == "" {
		return next
	}
	stripped := http.StripPrefix(base, next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == base:
			http.Redirect(w, r, base+"/", http.StatusMovedPermanently)
		case strings.HasPrefix(r.URL.Path, base+"/"):
			stripped.ServeHTTP(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

const (
	// serverGrace bounds how long answers that are under way may take at the end. A
	// reload waits for them, and senders for the reload.
	serverGrace = 100 * time.Millisecond
	// graceStep is how often it is looked whether there are any left.
	graceStep = time.Millisecond
)

// inFlight counts the requests that are being answered. http.Server.Shutdown
// does so, too, but waits for connections that browsers have opened in advance.
type inFlight struct{ n atomic.Int64 }

func (f *inFlight) count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.n.Add(1)
		defer f.n.Add(-1)
		next.ServeHTTP(w, r)
	})
}

// wait waits until there are none, or for so long.
func (f *inFlight) wait(grace time.Duration) {
	for end := time.Now().Add(grace); f.n.Load() > 0 && time.Now().Before(end); {
		time.Sleep(graceStep)
	}
}
