using System.Text;
using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using ShTP.Transcoding.Codecs;
using ShTP.Users.V1;

namespace ShTP.Bench;

/// <summary>A list of 100 users between protobuf and JSON bytes: ShTP's codec against message objects and Google's formatter and parser.</summary>
[MemoryDiagnoser]
public class CodecBenchmarks : IDisposable
{
    private const int Users = 100;

    private readonly MessagePlan _plan = MessagePlan.For(ListUsersResponse.Descriptor);
    private readonly PooledBuffer _output = new(64 * 1024);
    private readonly byte[] _wire = Answer().ToByteArray();
    private readonly byte[] _json = Encoding.UTF8.GetBytes(JsonFormatter.Default.Format(Answer()));

    [Benchmark(Description = "out: ShTP")]
    public int Write()
    {
        _output.Clear();
        WireToJson.Convert(_wire, _plan, _output);
        return _output.WrittenCount;
    }

    [Benchmark(Description = "out: Google")]
    public int WriteByGoogle() =>
        Encoding.UTF8.GetBytes(JsonFormatter.Default.Format(ListUsersResponse.Parser.ParseFrom(_wire))).Length;

    [Benchmark(Description = "in: ShTP")]
    public int Read()
    {
        _output.Clear();
        JsonToWire.Convert(_json, _plan, _output);
        return _output.WrittenCount;
    }

    [Benchmark(Description = "in: Google")]
    public int ReadByGoogle() =>
        JsonParser.Default.Parse<ListUsersResponse>(Encoding.UTF8.GetString(_json)).ToByteArray().Length;

    [GlobalCleanup]
    public void Dispose()
    {
        _output.Dispose();
        GC.SuppressFinalize(this);
    }

    private static ListUsersResponse Answer()
    {
        var answer = new ListUsersResponse();
        for (var number = 0; number < Users; number++)
        {
            answer.Users.Add(new UserRow
            {
                Uuid = $"7b7f5f5c-0f0e-4c38-9a53-{number:x12}",
                FirstName = "Ада",
                LastName = "Лавлейс",
                AvatarPath = "default.png",
                UserAvatarPath = "default.png",
                GroupId = "2f1c5c5e-64e4-4e2c-9a67-7fd3f8d0a001",
                LearningClass = 10,
            });
        }

        return answer;
    }
}
