//go:build amd64 && !purego

package detect

import (
	"math/rand/v2"
	"os"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// No implementation reads from a page that the text is not on, at either end.
func TestPrefiltersStayOnTheirPages(t *testing.T) {
	page := os.Getpagesize()
	memory, err := unix.Mmap(-1, 0, 3*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	require.NoError(t, err)
	defer func() { require.NoError(t, unix.Munmap(memory)) }()
	require.NoError(t, unix.Mprotect(memory[:page], unix.PROT_NONE))
	require.NoError(t, unix.Mprotect(memory[2*page:], unix.PROT_NONE))
	readable := memory[page : 2*page]
	r := rand.New(rand.NewPCG(5, 6))
	for n := 1; n <= 300; n++ {
		text := randomText(r, n)
		for gap := range 66 {
			for _, place := range [][]byte{readable[page-n-gap:][:n], readable[gap:][:n]} {
				copy(place, text)
				requireEqualPrefilters(t, unsafe.String(&place[0], n))
			}
		}
	}
}
