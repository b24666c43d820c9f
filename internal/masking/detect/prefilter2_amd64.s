// The prefilter with AVX2: 64 bytes are two registers, Y0 and Y1, and each class
// takes comparisons of its own.
//
// Loads are of 64 bytes, so that they can reach behind the text, but never into a
// page that the text has no byte on: where that could be, they end with the text,
// and the masks are moved down.

//go:build !purego

#include "go_asm.h"
#include "textflag.h"
#include "prefilter_amd64.h"

// The bytes that are compared with, and the lengths of ranges.
#define DOT 0
#define DASH 1
#define UNDERSCORE 2
#define SPACE 3 // and the bit that tells lower from upper case
#define LETTER_B 4
#define AT 5
#define PLUS 6
#define PERCENT 7
#define BACKSLASH 8
#define LETTER_A 9
#define LETTERS 10 // behind the first
#define ZERO 11
#define DIGITS 12 // behind the first, and a tab
#define COLON 13
#define EQUALS 14
#define QUOTE 15
#define APOSTROPHE 16
#define SLASH 17

DATA bytes<>+0(SB)/8, $0x252b4062205f2d2e
DATA bytes<>+8(SB)/8, $0x223d3a093019615c
DATA bytes<>+16(SB)/8, $0x0000000000002f27
GLOBL bytes<>(SB), RODATA|NOPTR, $24

#define PAGE 4096

// FIRST sets SI and DI to the first and the last window of the text, AX to where it
// is to be loaded from, BX to how far its masks are to be moved down, CX to its
// length, and R14 to no detector.
#define FIRST(short, window) \
	MOVQ s_base+0(FP), SI \
	MOVQ s_len+8(FP), CX \
	XORL R14, R14 \
	XORL BX, BX \
	MOVQ SI, DI \
	MOVQ SI, AX \
	CMPQ CX, $const_window \
	JLT short \
	LEAQ -const_window(SI)(CX*1), DI \
	MOVL $const_window, CX \
	JMP window \
short: \
	MOVL SI, DX \
	ANDL $(PAGE-1), DX \
	CMPL DX, $(PAGE-const_window) \
	JLE window \ // the load ends on the text's first page
	ADDQ CX, DX \
	CMPQ DX, $PAGE \
	JGT window \ // the load ends on the text's second page
	LEAQ -const_window(SI)(CX*1), AX \
	MOVL $const_window, BX \
	SUBQ CX, BX

// NEXT goes on to the next window. There is one.
#define NEXT \
	ADDQ $const_stride, SI \
	CMPQ SI, DI \
	CMOVQHI DI, SI \
	MOVQ SI, AX \
	XORL BX, BX \
	MOVL $const_window, CX

// LOAD loads a window, and puts BX and CX aside.
#define LOAD \
	VMOVDQU (AX), Y0 \
	VMOVDQU 32(AX), Y1 \
	VMOVQ BX, X8 \
	VMOVQ CX, X9

// EITHER sets lo and hi to all ones where the bytes are this one.
#define EITHER(byte, lo, hi) \
	VPBROADCASTB bytes<>+byte(SB), Y15 \
	VPCMPEQB Y15, Y0, lo \
	VPCMPEQB Y15, Y1, hi

// OR adds where the bytes are this one.
#define OR(byte, lo, hi) \
	VPBROADCASTB bytes<>+byte(SB), Y15 \
	VPCMPEQB Y15, Y0, Y13 \
	VPCMPEQB Y15, Y1, Y14 \
	VPOR Y13, lo, lo \
	VPOR Y14, hi, hi

// BETWEEN sets lo and hi to all ones where the bytes of x and y are first or at most
// so many behind it.
#define BETWEEN(first, most, x, y, lo, hi) \
	VPBROADCASTB bytes<>+first(SB), Y15 \
	VPSUBB Y15, x, lo \
	VPSUBB Y15, y, hi \
	VPBROADCASTB bytes<>+most(SB), Y15 \
	VPMINUB Y15, lo, Y13 \
	VPMINUB Y15, hi, Y14 \
	VPCMPEQB Y13, lo, lo \
	VPCMPEQB Y14, hi, hi

// MASK sets dst to the mask of lo and hi.
#define MASK(lo, hi, dst) \
	VPMOVMSKB lo, dst \
	VPMOVMSKB hi, AX \
	SHLQ $32, AX \
	ORQ AX, dst \
	SHRXQ BX, dst, dst \
	BZHIQ CX, dst, dst

// DIGITS_AND_LETTERS sets R8 and R9, and Y2 and Y3 to the bytes in lower case.
#define DIGITS_AND_LETTERS \
	BETWEEN(ZERO, DIGITS, Y0, Y1, Y4, Y5) \
	MASK(Y4, Y5, R8) \
	VPBROADCASTB bytes<>+SPACE(SB), Y15 \
	VPOR Y15, Y0, Y2 \
	VPOR Y15, Y1, Y3 \
	BETWEEN(LETTER_A, LETTERS, Y2, Y3, Y4, Y5) \
	MASK(Y4, Y5, R9)

// func prefilter2(s string) Set
TEXT ·prefilter2(SB), NOSPLIT, $0-24
	FIRST(short, window)

window:
	LOAD
	DIGITS_AND_LETTERS
	VPBROADCASTB bytes<>+LETTER_B(SB), Y15
	VPCMPEQB     Y15, Y2, Y4
	VPCMPEQB     Y15, Y3, Y5
	MASK(Y4, Y5, R13)
	EITHER(DASH, Y4, Y5)
	OR(UNDERSCORE, Y4, Y5)
	MASK(Y4, Y5, R10)
	EITHER(DOT, Y4, Y5)
	MASK(Y4, Y5, R11)
	ORQ R8, R10
	ORQ R9, R10
	ORQ R11, R10
	EITHER(SPACE, Y4, Y5)
	MASK(Y4, Y5, R12)
	EITHER(AT, Y4, Y5)
	OR(PLUS, Y4, Y5)
	OR(PERCENT, Y4, Y5)
	OR(BACKSLASH, Y4, Y5)
	MASK(Y4, Y5, DX)
	ASK
	JNZ some

next:
	CMPQ SI, DI
	JEQ  done
	NEXT
	JMP  window

done:
	MOVQ R14, ret+16(FP)
	VZEROUPPER
	RET

some:
	START
	TESTQ CX, CX
	JZ    tokens
	NAME(R9, const_setIBAN)
	NAME(R13, const_setAuth)
	TESTQ R12, R12
	JZ    noCard
	VMOVQ X8, BX
	VMOVQ X9, CX
	EITHER(DASH, Y4, Y5)
	OR(UNDERSCORE, Y4, Y5)
	OR(DOT, Y4, Y5)
	OR(SPACE, Y4, Y5)
	MASK(Y4, Y5, R12)
	MOVQ  R12, BX
	ORQ   DX, BX
	CARDS
	NAME(BX, const_setCard)

noCard:
	QUADS
	NAME(BX, const_setIPv4)
	NAME(DX, const_setMarked)
	TESTQ R10, R10
	JZ    next

tokens:
	LEAQ ·tokenGroups(SB), BX

token:
	// As with AVX-512, one after the other. Bytes of tokens are ASCII.
	TZCNTQ  R10, R12
	ADDQ    SI, R12
	MOVBLZX 0(R12), AX
	MOVBLZX 0(BX)(AX*1), CX
	MOVBLZX 1(R12), AX
	ANDB    128(BX)(AX*1), CX
	MOVBLZX 2(R12), AX
	ANDB    256(BX)(AX*1), CX
	JNZ     named
	BLSRQ   R10, R10
	JNZ     token
	JMP     next

named:
	MOVQ $const_setTokens, AX
	ORQ  AX, R14
	JMP  next

// func prefilterMore2(s string) Set
TEXT ·prefilterMore2(SB), NOSPLIT, $0-24
	VPXOR Y7, Y7, Y7 // the digits of all windows
	FIRST(short, window)

window:
	LOAD
	DIGITS_AND_LETTERS
	VMOVQ R8, X4
	VPOR  Y4, Y7, Y7
	EITHER(EQUALS, Y4, Y5)
	MASK(Y4, Y5, R11)
	EITHER(PLUS, Y4, Y5)
	OR(SLASH, Y4, Y5)
	MASK(Y4, Y5, R13)
	ORQ R8, R13
	ORQ R9, R13
	ORQ R11, R13
	EITHER(COLON, Y4, Y5)
	MASK(Y4, Y5, R9)
	EITHER(DASH, Y4, Y5)
	MASK(Y4, Y5, R10)
	EITHER(QUOTE, Y4, Y5)
	OR(APOSTROPHE, Y4, Y5)
	OR(SPACE, Y4, Y5)
	OR(DIGITS, Y4, Y5)
	MASK(Y4, Y5, R12)
	ASK_MORE
	CMPQ SI, DI
	JEQ  done
	NEXT
	JMP  window

done:
	VMOVQ X7, DX
	END_MORE
	MOVQ  R14, ret+16(FP)
	VZEROUPPER
	RET
