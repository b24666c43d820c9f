package objectstore

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"

	"cloud.google.com/go/auth"
	"cloud.google.com/go/auth/credentials"
)

// gcsError is an answer that says what went wrong.
type gcsError struct {
	status  int
	reason  string // Empty if the answer is not the service's own.
	message string
}

func (e *gcsError) Error() string {
	return fmt.Sprintf("the store answers %d %s %s", e.status, e.reason, e.message)
}

// gcsErrorOf reads an answer. Those of proxies have no reason.
func gcsErrorOf(answer *http.Response) *gcsError {
	e := &gcsError{status: answer.StatusCode, message: http.StatusText(answer.StatusCode)}
	var body struct {
		Error struct {
			Message string `json:"message"`
			Errors  []struct {
				Reason string `json:"reason"`
			} `json:"errors"`
		} `json:"error"`
	}
	if err := json.NewDecoder(io.LimitReader(answer.Body, maxAnswer)).Decode(&body); err != nil {
		return e // The status says enough.
	}
	if body.Error.Message != "" {
		e.message = body.Error.Message
	}
	if len(body.Error.Errors) > 0 {
		e.reason = body.Error.Errors[0].Reason
	}
	return e
}

// passing are reasons of a 403 that goes away by itself.
var passing = map[string]bool{"rateLimitExceeded": true, "userRateLimitExceeded": true}

// classifyGCS marks what put and head have to tell apart, and the classes of a
// Store's errors. A reason that is not listed is retryable, for the same reason
// as with S3.
func classifyGCS(e *gcsError) error {
	switch {
	case e.status == http.StatusPreconditionFailed:
		return fmt.Errorf("%w: %w", errTaken, e)
	case e.status == http.StatusNotFound:
		// Of a put it is the bucket that is missing; a look asks for errAbsent.
		return fmt.Errorf("%w: %w", errAbsent, unavailable(remedyBucket, e))
	case passing[e.reason]:
		return e
	}
	return classifyStatus(e.status, e)
}

// gcsScope is what the store does with a token, but for the names of a bucket.
const gcsScope = "https://www.googleapis.com/auth/devstorage.read_write"

// googleToken gives requests the credentials of the environment. It looks for
// them with the first request, since that may take a request of its own, and
// again with the next one if there were none.
type googleToken struct {
	mu    sync.Mutex
	creds *auth.Credentials
}

func (g *googleToken) authorize(r *http.Request) error {
	token, err := g.token(r.Context())
	if err != nil {
		return unavailable(remedyGoogle, err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	return nil
}

const remedyGoogle = "give the collector Google credentials: a service account of the instance or workload, or GOOGLE_APPLICATION_CREDENTIALS"

func (g *googleToken) token(ctx context.Context) (string, error) {
	g.mu.Lock()
	creds := g.creds
	if creds == nil {
		var err error
		if creds, err = credentials.DetectDefault(&credentials.DetectOptions{Scopes: []string{gcsScope}}); err != nil {
			g.mu.Unlock()
			return "", err
		}
		g.creds = creds
	}
	g.mu.Unlock()
	token, err := creds.Token(ctx)
	if err != nil {
		return "", err
	}
	return token.Value, nil
}
