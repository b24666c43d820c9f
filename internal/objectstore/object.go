package objectstore

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"io"
)

// maxMeta is the most metadata that S3 keeps with an object, in bytes of names
// and values.
const maxMeta = 2048

// copyBuffer is the size of the buffer between two looks at the context.
const copyBuffer = 256 << 10

// Object is what PutIfAbsent stores.
type Object struct {
	// Key is the slash-separated path of the object.
	Key string
	// Body holds the object's bytes from offset 0 on. They must not change
	// during the call. The caller keeps it and closes it.
	Body io.ReaderAt
	// Size is the number of bytes in Body.
	Size int64
	// Meta goes with the object where the store has a place for it: S3 keeps it
	// as user metadata, a directory drops it. Names hold lower-case letters,
	// digits and hyphens, values printable ASCII. The name "sha256" is the
	// store's own.
	Meta map[string]string
}

// reader returns a new reader of the whole body.
func (o Object) reader() *io.SectionReader { return io.NewSectionReader(o.Body, 0, o.Size) }

func (o Object) validate() error {
	if err := validateKey(o.Key); err != nil {
		return err
	}
	if o.Size < 0 {
		return fmt.Errorf("%w: %d bytes", ErrUnstorable, o.Size)
	}
	total := 0
	for name, value := range o.Meta {
		total += len(name) + len(value)
		if name == metaSum || !metaName(name) || !printable(value) {
			return fmt.Errorf("%w: metadata %q: %q, use lower-case letters, digits and hyphens for names other than %q, printable ASCII for values",
				ErrUnstorable, name, value, metaSum)
		}
	}
	if total > maxMeta {
		return fmt.Errorf("%w: %d bytes of metadata, S3 takes %d", ErrUnstorable, total, maxMeta)
	}
	return nil
}

func metaName(name string) bool {
	for i := range len(name) {
		if c := name[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return name != ""
}

func printable(value string) bool {
	for i := range len(value) {
		if value[i] < ' ' || value[i] > '~' {
			return false
		}
	}
	return true
}

// digest identifies the bytes of an object.
type digest struct {
	sha256 string // Hexadecimal, as sha256sum prints it.
	crc32  string // As S3 wants it: big-endian, base64.
}

// digestOf reads r to its end, of which size says where it has to be, and
// writes it to also.
func digestOf(ctx context.Context, r io.Reader, size int64, also ...io.Writer) (digest, error) {
	sum, crc := sha256.New(), crc32.NewIEEE()
	n, err := copyContext(ctx, io.MultiWriter(append(also, sum, crc)...), r)
	if err == nil && n != size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return digest{}, fmt.Errorf("read the body at byte %d of %d: %w", n, size, err)
	}
	return digest{sha256: hex.EncodeToString(sum.Sum(nil)), crc32: encodeCRC(crc.Sum32())}, nil
}

func encodeCRC(crc uint32) string {
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, crc))
}

// copyContext copies r to w and looks at ctx every now and then: a large body
// on a slow disk must not hold up a shutdown.
func copyContext(ctx context.Context, w io.Writer, r io.Reader) (int64, error) {
	read := func(p []byte) (int, error) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		return r.Read(p)
	}
	// Neither has a ReadFrom or WriteTo, which would copy at one go.
	return io.CopyBuffer(struct{ io.Writer }{w}, readerFunc(read), make([]byte, copyBuffer))
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
