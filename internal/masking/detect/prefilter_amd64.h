// What prefilter512 and prefilter2 have in common: the questions that they ask of a
// text, window bytes at a time.
//
// Of each window they make masks, numbers in which bit i tells whether byte i is of
// a class. A question is a few shifts and ands: a mask moved n places down tells at
// bit i of byte i+n, one moved up of a byte before. An answer names detectors, in
// R14. It may name too many, never too few: what a window does not show of the
// bytes around it counts as what names more. Windows overlap by minRun bytes, so
// that one of them holds the whole of each pattern.
//
// prefilter_test.go asks the same questions in plain Go, and compares.
//
// R8 to R13 and DX are the masks of a window. AX, BX and CX are free. SI is the
// window's first byte, DI that of the last window.

// DOWN sets dst to the mask src, n places down.
#define DOWN(n, src, dst) \
	MOVQ src, dst \
	SHRQ $n, dst

// RUN leaves in x the places from which a run of ones reaches n places farther.
#define RUN(n, x) \
	DOWN(n, x, AX) \
	ANDQ AX, x

// RUN20 leaves in x the places where minRun ones start: 2, 4, 8, 16, 20.
#define RUN20(x) \
	RUN(1, x) \
	RUN(2, x) \
	RUN(4, x) \
	RUN(8, x) \
	RUN(4, x)

// NAME adds the detectors of a set to those that were named, if x is not zero.
#define NAME(x, set) \
	NEGQ x \
	SBBQ x, x \
	ANDQ $set, x \
	ORQ x, R14

// NEAR sets dst to the places in x with another one two to four places farther,
// and four only where four allows it.
#define NEAR(x, four, dst) \
	DOWN(2, x, dst) \
	DOWN(3, x, AX) \
	ORQ AX, dst \
	SHRQ $1, AX \
	ANDQ four, AX \
	ORQ AX, dst \
	ANDQ x, dst

// COLONS sets dst to the places in x with another one two to five places farther.
#define COLONS(x, dst) \
	DOWN(2, x, dst) \
	DOWN(3, x, AX) \
	ORQ AX, dst \
	SHRQ $1, AX \
	ORQ AX, dst \
	SHRQ $1, AX \
	ORQ AX, dst \
	ANDQ x, dst

// ASK asks what is mostly answered by no, in few instructions. It takes the masks
// R8 digits, R9 letters, R10 bytes of tokens, R11 dots, R12 spaces, R13 b and B,
// DX marks. It leaves the zero flag if no detector is possible; otherwise what the
// macros below take:
//
//	R8, DX as they were
//	R9     where an IBAN may start: two letters and two digits
//	R10    where a token may start: minRun bytes of tokens, the first a letter
//	R11    dots between digits
//	R12    not zero if there are minCard digits
//	R13    where schemes may be: b, and a space where bearer or basic end
//	BX     where words start: behind what is no letter or digit. What is before the
//	       window is not known: an escape may end at the first three bytes.
#define ASK \
	MOVQ R8, BX \
	ORQ R9, BX \
	ADDQ BX, BX \
	NOTQ BX \
	ORQ $7, BX \
	RUN20(R10) \
	ANDQ R9, R10 \
	RUN(1, R9) \
	DOWN(1, R8, CX) \
	MOVQ R8, AX \
	ANDQ CX, AX \
	SHRQ $2, AX \
	ANDQ AX, R9 \
	DOWN(5, R12, AX) \
	SHRQ $6, R12 \
	ORQ AX, R12 \
	ANDQ R12, R13 \
	ANDQ CX, R11 \
	LEAQ (R8)(R8*1), AX \
	ANDQ AX, R11 \
	MOVQ $-1, R12 \
	NEAR(R11, R12, CX) \
	POPCNTQ R8, AX \
	MOVL $(const_minCard-1), R12 \
	SUBQ AX, R12 \
	SHRQ $63, R12 \
	ORQ R12, CX \
	ORQ R13, CX \
	ORQ DX, CX \
	MOVQ R9, AX \
	ANDQ BX, AX \
	ORQ AX, CX \
	MOVQ R10, AX \
	ANDQ BX, AX \
	ORQ CX, AX

// START leaves of R9 and R10 what starts a word. Where there may be escapes, words
// can start anywhere.
#define START \
	MOVQ DX, AX \
	NEGQ AX \
	SBBQ AX, AX \
	ORQ AX, BX \
	ANDQ BX, R9 \
	ANDQ BX, R10

// QUADS leaves in BX where there are three dots with one to three digits between
// two of them. It takes R8 and R11.
#define QUADS \
	DOWN(2, R8, CX) \
	NEAR(R11, CX, R12) \
	MOVQ $-1, CX \
	NEAR(R12, CX, BX)

// CARDS leaves in BX where minCard digits start, with single separators between
// them. It takes R8 digits and BX separators.
#define CARDS \
	DOWN(1, R8, AX) \
	ANDQ AX, BX \
	LEAQ (R8)(R8*1), AX \
	ANDQ AX, BX \
	ORQ R8, BX \
	RUN(1, BX) \
	RUN(2, BX) \
	RUN(4, BX) \
	RUN(const_minCard-8, BX)

// ASK_MORE asks for the detectors of setMore. It takes the masks R8 digits, R9
// colons, R10 dashes, R11 equals signs, R12 quotes and blanks, R13 base64.
//
// Assignments: an equals sign. JSON: a colon behind a quote, or behind a blank that
// may be behind one. MAC: five colons or dashes, one every three bytes. IPv6: two
// colons in a row, or three with one to four bytes between two. Private keys: five
// dashes in a row. Social security numbers: 3, 2 and 4 digits, of which some are
// asked. AWS secret keys: minRun bytes, what every window has of them at least.
// National identity numbers: minNationalID digits.
#define ASK_MORE \
	NAME(R11, const_setAssigned) \
	ADDQ R12, R12 \
	ANDQ R9, R12 \
	NAME(R12, const_setJSON) \
	MOVQ R9, BX \
	RUN(3, BX) \
	RUN(6, BX) \
	RUN(3, BX) \
	MOVQ R10, CX \
	RUN(3, CX) \
	RUN(6, CX) \
	RUN(3, CX) \
	ORQ CX, BX \
	NAME(BX, const_setMAC) \
	DOWN(1, R9, R11) \
	ANDQ R9, R11 \
	COLONS(R9, BX) \
	COLONS(BX, CX) \
	ORQ CX, R11 \
	NAME(R11, const_setIPv6) \
	MOVQ R10, BX \
	RUN(1, BX) \
	RUN(2, BX) \
	RUN(1, BX) \
	NAME(BX, const_setPEM) \
	RUN(3, R10) \
	LEAQ (R8)(R8*1), AX \
	ANDQ AX, R10 \
	LEAQ (R8*4), AX \
	ANDQ AX, R10 \
	DOWN(1, R8, AX) \
	ANDQ AX, R10 \
	DOWN(2, R8, AX) \
	ANDQ AX, R10 \
	DOWN(4, R8, AX) \
	ANDQ AX, R10 \
	DOWN(7, R8, AX) \
	ANDQ AX, R10 \
	NAME(R10, const_setSSN) \
	RUN20(R13) \
	NAME(R13, const_setAWSSecret) \
	POPCNTQ R8, AX \
	MOVL $(const_minNationalID-1), BX \
	SUBQ AX, BX \
	SHRQ $63, BX \
	NAME(BX, const_setNational)

// END_MORE takes IPv6 from what was named if DX, the digits of all windows, is zero.
#define END_MORE \
	MOVQ R14, AX \
	BTRQ $const_IPv6, AX \
	TESTQ DX, DX \
	CMOVQEQ AX, R14
