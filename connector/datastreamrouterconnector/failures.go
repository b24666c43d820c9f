package datastreamrouterconnector

import (
	"errors"
	"fmt"
	"slices"

	"go.opentelemetry.io/collector/consumer/consumererror"
)

// failures are the errors of a turn by class. They are never joined across
// classes: a permanent error in a join makes the whole permanent, and the
// sender would drop what it should send again.
type failures struct {
	refused, rejected []error
	taken             bool // by at least one stream
}

// err returns a retryable error if any stream pushes back, else a permanent one
// if all reject: a sender whose data one stream has taken did nothing wrong, and
// what the others rejected is counted. Only the first error of the class stays in the chain, so that
// one gRPC status, not a mixture, decides what the sender is told.
func (f *failures) err() error {
	switch {
	case len(f.refused) > 0:
		return firstOf(f.refused)
	case len(f.rejected) > 0 && !f.taken:
		return consumererror.NewPermanent(firstOf(f.rejected))
	default:
		return nil
	}
}

func firstOf(errs []error) error {
	if len(errs) == 1 {
		return errs[0]
	}
	return fmt.Errorf("%w; also: %s", errs[0], errors.Join(slices.Clone(errs[1:])...).Error())
}
