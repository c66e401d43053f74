using Google.Api;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using ShTP.Api.V1;
using ShTP.Transcoding.Catalog;
using ShTP.Protos;
using Label = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Label;
using Type = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;

namespace ShTP.Gateway.Tests.Catalog;

/// <summary>A contract of one service, made in the test, that is right until the test makes it wrong.</summary>
internal sealed class ProbeContract
{
    private const string RequestType = ".shtp.probe.v1.Request";
    private const string ResponseType = ".shtp.probe.v1.Response";

    private readonly ServiceDescriptorProto _service = new() { Name = "Probe" };

    internal ProbeContract()
    {
        File = new FileDescriptorProto
        {
            Name = "shtp/probe/v1/probe.proto",
            Package = "shtp.probe.v1",
            Syntax = "proto3",
            Dependency =
            {
                "google/api/annotations.proto", "google/api/httpbody.proto", "google/protobuf/empty.proto",
                "google/protobuf/timestamp.proto", "shtp/api/v1/options.proto", "shtp/api/v1/types.proto",
            },
            MessageType = { Request, new DescriptorProto { Name = "Inner", Field = { Field("some_name", 1, Type.String) } }, Response },
            Service = { _service },
        };
    }

    internal FileDescriptorProto File { get; }

    internal DescriptorProto Request { get; } = new()
    {
        Name = "Request",
        Field =
        {
            Field("id", 1, Type.String),
            Field("page_size", 2, Type.Int32),
            Field("inner", 3, Type.Message, ".shtp.probe.v1.Inner"),
            Field("tags", 4, Type.String, isRepeated: true),
            Field("since", 5, Type.Message, ".google.protobuf.Timestamp"),
        },
    };

    internal DescriptorProto Response { get; } = new() { Name = "Response", Field = { Field("items", 1, Type.String, isRepeated: true) } };

    internal static FieldDescriptorProto Field(string name, int number, Type type, string typeName = "", bool isRepeated = false, Upload? upload = null)
    {
        var field = new FieldDescriptorProto { Name = name, Number = number, Type = type, Label = isRepeated ? Label.Repeated : Label.Optional };
        if (typeName.Length > 0)
            field.TypeName = typeName;
        if (upload is not null)
        {
            field.Options = new FieldOptions();
            field.Options.SetExtension(OptionsExtensions.Upload, upload);
        }

        return field;
    }

    internal static Access People(Level level = Level.SignedIn) => new() { Level = level };

    internal MethodDescriptorProto Add(HttpRule? rule, Access? access = null, string name = "Do", int? timeout = null)
    {
        var method = new MethodDescriptorProto { Name = name, InputType = RequestType, OutputType = ResponseType, Options = new MethodOptions() };
        if (rule is not null)
            method.Options.SetExtension(AnnotationsExtensions.Http, rule);
        if (access is not null)
            method.Options.SetExtension(OptionsExtensions.Access, access);
        if (timeout is { } seconds)
            method.Options.SetExtension(OptionsExtensions.TimeoutSeconds, seconds);
        _service.Method.Add(method);
        return method;
    }

    internal MethodCatalog Build()
    {
        var set = new FileDescriptorSet();
        set.File.AddRange(Contract.ShTP.Source.File.Where(file => file.Name.StartsWith("google/", StringComparison.Ordinal) || file.Name is "shtp/api/v1/options.proto" or "shtp/api/v1/types.proto"));
        foreach (var wanted in new[] { AnyProto(), HttpbodyReflection.Descriptor.ToProto(), Google.Protobuf.WellKnownTypes.EmptyReflection.Descriptor.ToProto(), Google.Protobuf.WellKnownTypes.TimestampReflection.Descriptor.ToProto() })
        {
            if (set.File.All(file => file.Name != wanted.Name))
                set.File.Add(wanted);
        }

        set.File.Add(File);
        return MethodCatalog.Build(Contract.Load(set.ToByteArray()), new TranscodingOptions());
    }

    internal IReadOnlyList<string> Faults() => Assert.Throws<CatalogException>(Build).Faults;

    private static FileDescriptorProto AnyProto() => Google.Protobuf.WellKnownTypes.AnyReflection.Descriptor.ToProto();
}
