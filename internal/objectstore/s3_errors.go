package objectstore

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

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
	"MetadataTooLarge":         true,
	"InvalidURI":               true,
	"XMinioInvalidObjectName":  true,
}

const (
	remedyAccess = "check the credentials and the policies of the role, the bucket and its key"
	remedyBucket = "create the bucket or correct its name"
	remedyRegion = "set the region to the bucket's, or the endpoint"
	remedyClock  = "set the clock of this host"
	remedySpace  = "make space in the store or raise the quota"
	remedyKey    = "check that the encryption key exists, is enabled and may be used"
	remedyClass  = "choose a storage class that the store has"
	remedyACL    = "remove the ACL: the bucket takes none"
)

// remedies holds the S3 error codes that only an operator makes go away.
var remedies = map[string]string{
	"AccessDenied":                  remedyAccess,
	"AllAccessDisabled":             remedyAccess,
	"AccountProblem":                remedyAccess,
	"Forbidden":                     remedyAccess,
	"InvalidAccessKeyId":            remedyAccess,
	"SignatureDoesNotMatch":         remedyAccess,
	"NoSuchBucket":                  remedyBucket,
	"InvalidBucketName":             remedyBucket,
	"PermanentRedirect":             remedyRegion,
	"AuthorizationHeaderMalformed":  remedyRegion,
	"IllegalLocationConstraint":     remedyRegion,
	"MovedPermanently":              remedyRegion,
	"RequestTimeTooSkewed":          remedyClock,
	"XMinioStorageFull":             remedySpace,
	"QuotaExceeded":                 remedySpace,
	"InvalidStorageClass":           remedyClass,
	"AccessControlListNotSupported": remedyACL,
}

// expiredCodes blame credentials that rotate on their own.
var expiredCodes = map[string]bool{
	"ExpiredToken":          true,
	"ExpiredTokenException": true,
	"TokenRefreshRequired":  true,
	"RequestExpired":        true,
	"InvalidToken":          true,
}

// classifyS3 marks the errors that the object itself causes and those that an
// operator has to mend. Answers to HEAD requests and those of proxies have no
// S3 code: there the status decides.
func classifyS3(err error) error {
	code, status := answerOf(err)
	switch {
	case unstorableCodes[code], status == http.StatusRequestEntityTooLarge:
		return fmt.Errorf("%w: %w", ErrUnstorable, err)
	case expiredCodes[code]:
		return err
	case remedies[code] != "":
		return unavailable(remedies[code], err)
	case strings.HasPrefix(code, "KMS."):
		return unavailable(remedyKey, err)
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return unavailable(remedyAccess, err)
	case status == http.StatusMovedPermanently:
		return unavailable(remedyRegion, err)
	case status == http.StatusInsufficientStorage:
		return unavailable(remedySpace, err)
	}
	return err
}

// answerOf returns the S3 error code and the HTTP status in err, as far as the
// store has answered at all.
func answerOf(err error) (code string, status int) {
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		code = api.ErrorCode()
	}
	if response, ok := errors.AsType[*awshttp.ResponseError](err); ok {
		status = response.HTTPStatusCode()
	}
	return code, status
}

// isTaken tells whether the store refused to replace an object.
func isTaken(err error) bool {
	// S3 may begin its answer to a completion before it knows how it ends.
	code, status := answerOf(err)
	return status == http.StatusPreconditionFailed || code == "PreconditionFailed"
}

// isGone tells whether a multipart upload has ended before it was completed: by
// the completion whose answer was lost, or by a sweep.
func isGone(err error) bool {
	code, _ := answerOf(err)
	return code == "NoSuchUpload"
}

// isAbsent tells whether there is no object under the key of a HEAD request,
// but a bucket.
func isAbsent(err error) bool {
	code, status := answerOf(err)
	return status == http.StatusNotFound && code != "NoSuchBucket"
}

// isNotImplemented tells whether the store does not know a header or an
// operation.
func isNotImplemented(err error) bool {
	code, status := answerOf(err)
	return status == http.StatusNotImplemented || code == "NotImplemented"
}

// isExpired tells whether other credentials would have been let in.
func isExpired(err error) bool {
	code, _ := answerOf(err)
	return expiredCodes[code]
}
