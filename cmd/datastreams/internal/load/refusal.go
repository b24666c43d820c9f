package load

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// refusal is why a collector did not take a payload.
type refusal struct {
	cause error
	// retry is whether OTLP allows to send the payload again.
	retry bool
	// after is how long the collector asked to wait; 0 if it did not say.
	after time.Duration
	// unsupported is whether the collector takes no payload of this signal.
	unsupported bool
}

func (r *refusal) Error() string { return r.cause.Error() }

func (r *refusal) Unwrap() error { return r.cause }

// asRefusal returns err as a refusal; what is none of ours is not retried.
func asRefusal(err error) *refusal {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r
	}
	return &refusal{cause: err}
}

// refusalOfRPC sorts a gRPC error as the OTLP specification does.
func refusalOfRPC(err error) *refusal {
	st := status.Convert(err)
	r := &refusal{cause: fmt.Errorf("%s: %s", st.Code(), st.Message())}
	asked := false
	for _, detail := range st.Details() {
		if info, ok := detail.(*errdetails.RetryInfo); ok {
			asked = true
			r.after = info.GetRetryDelay().AsDuration()
		}
	}
	switch st.Code() {
	case codes.Canceled, codes.DeadlineExceeded, codes.Aborted, codes.OutOfRange, codes.Unavailable, codes.DataLoss:
		r.retry = true
	case codes.ResourceExhausted:
		r.retry = asked // Without a delay it means that the payload will never fit.
	case codes.Unimplemented:
		r.unsupported = true
	}
	return r
}

// refusalOfHTTP sorts an HTTP answer that is not 200; detail is what it says.
func refusalOfHTTP(answer *http.Response, detail string) *refusal {
	r := &refusal{cause: fmt.Errorf("HTTP %s: %s", answer.Status, detail)}
	switch answer.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		r.retry = true
		if seconds, err := strconv.Atoi(answer.Header.Get("Retry-After")); err == nil && seconds > 0 {
			r.after = time.Duration(seconds) * time.Second
		}
	case http.StatusNotFound:
		r.unsupported = true
	}
	return r
}
