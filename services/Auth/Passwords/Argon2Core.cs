using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;

namespace ShTP.Auth.Passwords;

/// <summary>
/// Argon2id, version 0x13, as RFC 9106 (section 3) defines it, in <see cref="HashingMemory"/>, which stays mapped between two hashes.
/// The names are the RFC's.
/// </summary>
internal static unsafe class Argon2Core
{
    private const int Version = 0x13;
    private const int Type = 2;
    private const int Slices = 4;
    private const int BlockBytes = 1024;
    private const int BlockWords = BlockBytes / sizeof(ulong);
    private const int BlockVectors = BlockBytes / 32;
    private const int DigestBytes = 64;

    /// <param name="parameters">At least 8 KiB for each lane.</param>
    /// <param name="password">P.</param>
    /// <param name="salt">S.</param>
    /// <param name="secret">K, or nothing.</param>
    /// <param name="associatedData">X, or nothing.</param>
    /// <param name="tag">The result, 16 bytes or more.</param>
    public static void Compute(
        Argon2Parameters parameters, ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> associatedData, Span<byte> tag)
    {
        var segmentLength = parameters.MemoryKib / (Slices * parameters.Lanes);
        var laneLength = segmentLength * Slices;
        var memory = HashingMemory.Rent((nuint)laneLength * (nuint)parameters.Lanes * BlockBytes);
        Span<byte> start = stackalloc byte[DigestBytes + 8];
        H0(parameters, password, salt, secret, associatedData, tag.Length, start[..DigestBytes]);
        for (var lane = 0; lane < parameters.Lanes; lane++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(start[(DigestBytes + 4)..], lane);
            for (var i = 0; i < 2; i++)
            {
                BinaryPrimitives.WriteInt32LittleEndian(start[DigestBytes..], i);
                H(start, new Span<byte>(memory + (((nuint)lane * (nuint)laneLength) + (nuint)i) * BlockWords, BlockBytes));
            }
        }

        for (var pass = 0; pass < parameters.Passes; pass++)
        {
            for (var slice = 0; slice < Slices; slice++)
            {
                for (var lane = 0; lane < parameters.Lanes; lane++)
                    FillSegment(memory, new(parameters, laneLength, segmentLength, pass, lane, slice));
            }
        }

        var last = new Span<byte>(memory + (nuint)(laneLength - 1) * BlockWords, BlockBytes);
        for (var lane = 1; lane < parameters.Lanes; lane++)
            Xor(last, new(memory + ((nuint)(lane + 1) * (nuint)laneLength - 1) * BlockWords, BlockBytes));
        H(last, tag);
        CryptographicOperations.ZeroMemory(last);
        CryptographicOperations.ZeroMemory(start);
    }

    private static void H0(
        Argon2Parameters parameters, ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> associatedData, int tagLength, Span<byte> digest)
    {
        var input = new byte[(10 * sizeof(int)) + password.Length + salt.Length + secret.Length + associatedData.Length];
        var rest = input.AsSpan();
        foreach (var number in (ReadOnlySpan<int>)[parameters.Lanes, tagLength, parameters.MemoryKib, parameters.Passes, Version, Type])
            Number(number, ref rest);
        Bytes(password, ref rest);
        Bytes(salt, ref rest);
        Bytes(secret, ref rest);
        Bytes(associatedData, ref rest);
        Sodium.Blake2b(digest, input);
        CryptographicOperations.ZeroMemory(input);

        static void Number(int number, ref Span<byte> rest)
        {
            BinaryPrimitives.WriteInt32LittleEndian(rest, number);
            rest = rest[sizeof(int)..];
        }

        static void Bytes(ReadOnlySpan<byte> bytes, ref Span<byte> rest)
        {
            Number(bytes.Length, ref rest);
            bytes.CopyTo(rest);
            rest = rest[bytes.Length..];
        }
    }

    // H' of section 3.3.
    private static void H(ReadOnlySpan<byte> input, Span<byte> output)
    {
        Span<byte> first = stackalloc byte[sizeof(int) + BlockBytes];
        BinaryPrimitives.WriteInt32LittleEndian(first, output.Length);
        input.CopyTo(first[sizeof(int)..]);
        first = first[..(sizeof(int) + input.Length)];
        if (output.Length <= DigestBytes)
        {
            Sodium.Blake2b(output, first);
            return;
        }

        Span<byte> v = stackalloc byte[DigestBytes];
        Span<byte> before = stackalloc byte[DigestBytes];
        Sodium.Blake2b(v, first);
        for (; output.Length > DigestBytes; output = output[(DigestBytes / 2)..])
        {
            v.CopyTo(before);
            before[..(DigestBytes / 2)].CopyTo(output);
            var rest = output[(DigestBytes / 2)..];
            Sodium.Blake2b(rest.Length > DigestBytes ? v : rest, before);
        }
    }

    private static void Xor(Span<byte> target, ReadOnlySpan<byte> other)
    {
        for (var i = 0; i < target.Length; i++)
            target[i] ^= other[i];
    }

    private static void FillSegment(ulong* memory, Segment at)
    {
        var areIndependent = at.Pass == 0 && at.Slice < Slices / 2;
        var addresses = stackalloc ulong[BlockWords];
        var input = stackalloc ulong[BlockWords];
        var zero = stackalloc ulong[BlockWords];
        new Span<ulong>(zero, BlockWords).Clear();
        new Span<ulong>(input, BlockWords).Clear();
        if (areIndependent)
        {
            (input[0], input[1], input[2]) = ((ulong)at.Pass, (ulong)at.Lane, (ulong)at.Slice);
            (input[3], input[4], input[5]) = ((ulong)at.LaneLength * (ulong)at.Parameters.Lanes, (ulong)at.Parameters.Passes, Type);
        }

        var lane = memory + (nuint)at.Lane * (nuint)at.LaneLength * BlockWords;
        for (var i = 0; i < at.SegmentLength; i++)
        {
            if (areIndependent && i % BlockWords == 0)
            {
                input[6]++;
                Compress(zero, input, addresses, isXored: false);
                Compress(zero, addresses, addresses, isXored: false);
            }

            // The first two blocks of a lane are made of H0.
            if (at.Pass == 0 && at.Slice == 0 && i < 2)
                continue;
            var index = (at.Slice * at.SegmentLength) + i;
            var previous = lane + (nuint)(index == 0 ? at.LaneLength - 1 : index - 1) * BlockWords;
            var j = areIndependent ? addresses[i % BlockWords] : *previous;
            Compress(previous, memory + at.Reference(i, (uint)j, (uint)(j >> 32)) * BlockWords, lane + (nuint)index * BlockWords, at.Pass > 0);
        }
    }

    // G of section 3.5; two rows, then two columns at a time.
    private static void Compress(ulong* x, ulong* y, ulong* target, bool isXored)
    {
        var left = (Vector256<ulong>*)x;
        var right = (Vector256<ulong>*)y;
        var result = (Vector256<ulong>*)target;
        var state = stackalloc Vector256<ulong>[BlockVectors];
        for (var i = 0; i < BlockVectors; i += 8)
        {
            var (a0, b0, c0, d0) = (left[i] ^ right[i], left[i + 1] ^ right[i + 1], left[i + 2] ^ right[i + 2], left[i + 3] ^ right[i + 3]);
            var (a1, b1, c1, d1) = (left[i + 4] ^ right[i + 4], left[i + 5] ^ right[i + 5], left[i + 6] ^ right[i + 6], left[i + 7] ^ right[i + 7]);
            Mix(ref a0, ref b0, ref c0, ref d0, ref a1, ref b1, ref c1, ref d1);
            (b0, c0, d0) = (Turn1(b0), Turn2(c0), Turn3(d0));
            (b1, c1, d1) = (Turn1(b1), Turn2(c1), Turn3(d1));
            Mix(ref a0, ref b0, ref c0, ref d0, ref a1, ref b1, ref c1, ref d1);
            (state[i], state[i + 1], state[i + 2], state[i + 3]) = (a0, Turn3(b0), Turn2(c0), Turn1(d0));
            (state[i + 4], state[i + 5], state[i + 6], state[i + 7]) = (a1, Turn3(b1), Turn2(c1), Turn1(d1));
        }

        for (var i = 0; i < 4; i++)
        {
            var (a0, a1, b0, b1) = (state[i], state[i + 4], state[i + 8], state[i + 12]);
            var (c0, c1, d0, d1) = (state[i + 16], state[i + 20], state[i + 24], state[i + 28]);
            Mix(ref a0, ref b0, ref c0, ref d0, ref a1, ref b1, ref c1, ref d1);
            (b0, b1) = (Across(b0, b1), Across(b1, b0));
            (c0, c1) = (c1, c0);
            (d0, d1) = (Across(d1, d0), Across(d0, d1));
            Mix(ref a0, ref b0, ref c0, ref d0, ref a1, ref b1, ref c1, ref d1);
            (b0, b1) = (Across(b1, b0), Across(b0, b1));
            (c0, c1) = (c1, c0);
            (d0, d1) = (Across(d0, d1), Across(d1, d0));
            Store(i, a0);
            Store(i + 4, a1);
            Store(i + 8, b0);
            Store(i + 12, b1);
            Store(i + 16, c0);
            Store(i + 20, c1);
            Store(i + 24, d0);
            Store(i + 28, d1);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void Store(int i, Vector256<ulong> z)
        {
            z ^= left[i] ^ right[i];
            result[i] = isXored ? z ^ result[i] : z;
        }
    }

    // GB of section 3.6 on four columns of two states.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(
        ref Vector256<ulong> a0, ref Vector256<ulong> b0, ref Vector256<ulong> c0, ref Vector256<ulong> d0,
        ref Vector256<ulong> a1, ref Vector256<ulong> b1, ref Vector256<ulong> c1, ref Vector256<ulong> d1)
    {
        (a0, a1) = (Add(a0, b0), Add(a1, b1));
        (d0, d1) = (Rotate(d0 ^ a0, 32), Rotate(d1 ^ a1, 32));
        (c0, c1) = (Add(c0, d0), Add(c1, d1));
        (b0, b1) = (Rotate(b0 ^ c0, 24), Rotate(b1 ^ c1, 24));
        (a0, a1) = (Add(a0, b0), Add(a1, b1));
        (d0, d1) = (Rotate(d0 ^ a0, 16), Rotate(d1 ^ a1, 16));
        (c0, c1) = (Add(c0, d0), Add(c1, d1));
        (b0, b1) = (Rotate(b0 ^ c0, 63), Rotate(b1 ^ c1, 63));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Add(Vector256<ulong> x, Vector256<ulong> y)
    {
        var product = Avx2.IsSupported
            ? Avx2.Multiply(x.AsUInt32(), y.AsUInt32())
            : (x & Vector256.Create((ulong)uint.MaxValue)) * (y & Vector256.Create((ulong)uint.MaxValue));
        return x + y + product + product;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Rotate(Vector256<ulong> x, [ConstantExpected] byte bits) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.RotateRight(x, bits) : (x >>> bits) | (x << (64 - bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Turn1(Vector256<ulong> x) => Vector256.Shuffle(x, Vector256.Create(1UL, 2, 3, 0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Turn2(Vector256<ulong> x) => Vector256.Shuffle(x, Vector256.Create(2UL, 3, 0, 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Turn3(Vector256<ulong> x) => Vector256.Shuffle(x, Vector256.Create(3UL, 0, 1, 2));

    // The second of each pair of x beside the first of each pair of y.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Across(Vector256<ulong> x, Vector256<ulong> y) => Avx2.IsSupported
        ? Avx2.AlignRight(y.AsByte(), x.AsByte(), 8).AsUInt64()
        : Vector256.Create(x[1], y[0], x[3], y[2]);

    /// <summary>A quarter of a lane in one pass.</summary>
    private readonly record struct Segment(Argon2Parameters Parameters, int LaneLength, int SegmentLength, int Pass, int Lane, int Slice)
    {
        /// <summary>The block that the RFC's section 3.4.1.3 maps J1 and J2 to, counted from the start of the memory.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public nuint Reference(int index, uint j1, uint j2)
        {
            var lane = Pass == 0 && Slice == 0 ? Lane : (int)(j2 % (uint)Parameters.Lanes);
            var finished = Pass == 0 ? Slice * SegmentLength : LaneLength - SegmentLength;
            // Of another lane, only finished segments count, and for a segment's first block not their last one.
            var size = (uint)(lane == Lane ? finished + index - 1 : finished - (index == 0 ? 1 : 0));
            var x = (ulong)j1 * j1 >> 32;
            var z = size - 1 - (uint)(size * x >> 32);
            var first = Pass == 0 || Slice == Slices - 1 ? 0 : (uint)((Slice + 1) * SegmentLength);
            return (nuint)((uint)lane * (uint)LaneLength) + ((first + z) % (uint)LaneLength);
        }
    }
}
