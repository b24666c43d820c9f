package parquetexporter

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
)

const (
	// firstFormat puts the files of a partition in the order of their first
	// events, in characters that need no quoting in a shell, a URL or a glob.
	firstFormat = "20060102T150405.000000000Z"
	// hashLength is the number of hexadecimal digits of the content's hash in a
	// name: 128 bits, so that two files never meet by chance.
	hashLength = 32
	// maxStreamLength bounds the stream's part of a key, in bytes. Valid names
	// are shorter even if each byte was escaped.
	maxStreamLength = 200
)

// objectKey returns the key of file, which holds data of the signal and stream
// named. It depends on its arguments only: the same file always gets the same
// key, and files that differ get different ones.
func objectKey(signal, stream string, file columnar.File) string {
	hour := file.Hour.UTC()
	hash := sha256.Sum256(file.Data)
	return fmt.Sprintf("%s/%s/stream=%s/dt=%s/hour=%02d/%s-%s.parquet",
		signal, columnar.PathVersion, partitionValue(stream), hour.Format(time.DateOnly), hour.Hour(),
		file.First.UTC().Format(firstFormat), hex.EncodeToString(hash[:])[:hashLength])
}

// partitionValue returns stream as the value of a Hive partition. The router
// only makes valid names, which stay as they are. Without a router a sender
// may have put anything there: what could change the path is percent-encoded,
// which readers of Hive layouts undo. A name that gets too long for a path is
// cut and told from others by its hash.
func partitionValue(stream string) string {
	var b strings.Builder
	for i := range len(stream) {
		if b.Len() > maxStreamLength {
			hash := sha256.Sum256([]byte(stream))
			return b.String() + "-" + hex.EncodeToString(hash[:])[:hashLength]
		}
		if c := stream[i]; plain(c) && (c != '.' || i > 0) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// plain tells whether c may stand in a path element as it is.
func plain(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '.' || c == '-'
}
