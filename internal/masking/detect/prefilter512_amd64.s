// The prefilter with AVX-512: 64 bytes are one register, and a table of 128 entries
// that is two more tells the classes of each byte at once, as bits.
//
// Registers from Z16 on need no VZEROUPPER. Loads read no byte that their mask leaves
// out, whatever page it is on.

//go:build !purego

#include "go_asm.h"
#include "textflag.h"
#include "prefilter_amd64.h"

// CLASSIFY replaces the bytes of Z16 that K7 has by the classes that a table of 128
// bytes gives them. Other bytes are of none. The result is in Z19.
#define CLASSIFY(table) \
	VPMOVB2M Z16, K1 \
	KANDNQ K7, K1, K1 \
	VMOVDQA64 Z16, Z19 \
	VPERMI2B.Z table+64(SB), Z20, K1, Z19

// MASK sets k and dst to the highest bits of the bytes of Z19, and moves the next
// ones to their place.
#define MASK(k, dst) \
	VPMOVB2M Z19, k \
	VPADDB Z19, Z19, Z19 \
	KMOVQ k, dst

// FIRST sets SI and DI to the first and the last window of the text, K7 to the bytes
// that the first one has, and R14 to no detector.
#define FIRST \
	MOVQ s_base+0(FP), SI \
	MOVQ s_len+8(FP), CX \
	XORL R14, R14 \
	MOVQ SI, DI \
	LEAQ -const_window(SI)(CX*1), AX \
	MOVL $const_window, BX \
	CMPQ CX, BX \
	CMOVQGT AX, DI \
	CMOVQGT BX, CX \
	MOVQ $-1, AX \
	BZHIQ CX, AX, AX \
	KMOVQ AX, K7

// func prefilter512(s string) Set
TEXT ·prefilter512(SB), NOSPLIT, $0-24
	FIRST
	VMOVDQU64 ·maskClasses+0(SB), Z20

window:
	VMOVDQU8.Z (SI), K7, Z16
	CLASSIFY(·maskClasses)
	MASK(K1, DX)
	MASK(K2, R13)
	MASK(K3, R12)
	MASK(K4, R11)
	MASK(K5, R10)
	MASK(K6, R9)
	MASK(K1, R8)
	ASK
	JNZ some

next:
	CMPQ    SI, DI
	JEQ     done
	ADDQ    $const_stride, SI
	CMPQ    SI, DI
	CMOVQHI DI, SI
	JMP     window

done:
	MOVQ R14, ret+16(FP)
	RET

some:
	START
	TESTQ CX, CX
	JZ    tokens
	NAME(R9, const_setIBAN)
	NAME(R13, const_setAuth)
	TESTQ R12, R12
	JZ    noCard

	// Separators: marks, spaces, and bytes of tokens that are no letters or digits.
	KANDNQ K5, K6, K1
	KORQ   K3, K1, K1
	KMOVQ  K1, BX
	ORQ    DX, BX
	CARDS
	NAME(BX, const_setCard)

noCard:
	QUADS
	NAME(BX, const_setIPv4)
	NAME(DX, const_setMarked)
	TESTQ R10, R10
	JZ    next

tokens:
	// A token starts with the first three bytes of a group of prefixes: bit i of a
	// byte's entry in the j-th table of tokenGroups says that group i has it as its
	// j-th byte.
	VMOVDQU64  ·tokenGroups+0(SB), Z17
	VMOVDQA64  Z16, Z18
	VPERMI2B   ·tokenGroups+64(SB), Z17, Z18
	VMOVDQU64  ·tokenGroups+128(SB), Z17
	VMOVDQA64  Z16, Z19
	VPERMI2B   ·tokenGroups+192(SB), Z17, Z19
	VMOVDQU64  ·tokenGroups+256(SB), Z17
	VPERMI2B   ·tokenGroups+320(SB), Z17, Z16
	VMOVDQU64  ·countUp+1(SB), Z17
	VPERMB     Z19, Z17, Z19
	VMOVDQU64  ·countUp+2(SB), Z17
	VPERMB     Z16, Z17, Z16
	VPANDQ     Z19, Z18, Z18
	VPTESTMB   Z16, Z18, K1
	KMOVQ      K1, AX
	ANDQ       R10, AX
	NAME(AX, const_setTokens)
	JMP next

// func prefilterMore512(s string) Set
TEXT ·prefilterMore512(SB), NOSPLIT, $0-24
	FIRST
	VMOVDQU64 ·moreMaskClasses+0(SB), Z20
	XORL      DX, DX

window:
	VMOVDQU8.Z (SI), K7, Z16
	CLASSIFY(·moreMaskClasses)
	MASK(K2, R13)
	MASK(K3, R12)
	MASK(K4, R11)
	MASK(K5, R10)
	MASK(K6, R9)
	MASK(K1, R8)
	ORQ     R8, DX
	ASK_MORE
	CMPQ    SI, DI
	JEQ     done
	ADDQ    $const_stride, SI
	CMPQ    SI, DI
	CMOVQHI DI, SI
	JMP     window

done:
	END_MORE
	MOVQ R14, ret+16(FP)
	RET
