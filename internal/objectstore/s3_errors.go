package objectstore

import (
	"errors"
	"fmt"
	"net/http"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
)

// unstorableCodes are the S3 error codes that blame the object. A code that is
// not listed is retryable: keeping an object too long can be mended, dropping
// it cannot. InvalidRequest, InvalidArgument and AccessDenied are missing on
// purpose, because a wrong bucket policy or setting causes them as well.
var unstorableCodes = map[string]bool{
	"EntityTooLarge":           true,
	"KeyTooLongError":          true,
	"MaxMessageLengthExceeded": true,
	"InvalidURI":               true,
	"XMinioInvalidObjectName":  true,
}

// classifyS3 marks the errors that the object itself causes. A proxy's 413 has
// no S3 code, but the object does not get smaller by waiting.
func classifyS3(err error) error {
	var api smithy.APIError
	var response *awshttp.ResponseError
	switch {
	case errors.As(err, &api) && unstorableCodes[api.ErrorCode()],
		errors.As(err, &response) && response.HTTPStatusCode() == http.StatusRequestEntityTooLarge:
		return fmt.Errorf("%w: %w", ErrUnstorable, err)
	}
	return err
}
