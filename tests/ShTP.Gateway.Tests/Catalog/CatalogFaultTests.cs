using Google.Api;
using Google.Protobuf.Reflection;
using ShTP.Api.V1;
using ShTP.Transcoding.Catalog;
using static ShTP.Gateway.Tests.Catalog.ProbeContract;
using Type = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;

namespace ShTP.Gateway.Tests.Catalog;

public sealed class CatalogFaultTests
{
    private static readonly Dictionary<string, (Action<ProbeContract> Spoil, string Fault)> Cases = new()
    {
        ["package"] = (contract => OfEmptyMessages(contract).File.Package = "other.v1", "its package is not shtp.<area>"),
        ["no access"] = (contract => contract.Add(Get()), "it has no access option that says who may call it"),
        ["empty access"] = (contract => contract.Add(Get(), new Access { RateClass = RateClass.Login }), "it has no access option that says who may call it"),
        ["no level"] = (contract => contract.Add(Get(), People(Level.Unspecified)), "its access level is unspecified or unknown"),
        ["unknown level"] = (contract => contract.Add(Get(), People((Level)99)), "its access level is unspecified or unknown"),
        ["people without rule"] = (contract => contract.Add(null, People()), "people may call it but it has no HTTP rule"),
        ["internal with rule"] = (contract => contract.Add(Get(), new Access { Internal = new Internal { Callers = { "users" } } }), "it is internal but has an HTTP rule"),
        ["internal for nobody"] = (contract => contract.Add(null, new Access { Internal = new Internal() }), "it is internal but does not say for which services"),
        ["internal for a blank"] = (contract => contract.Add(null, new Access { Internal = new Internal { Callers = { "users", " " } } }), "it is internal but does not say for which services"),
        ["rate class"] = (contract => contract.Add(Get(), new Access { Level = Level.Public, RateClass = (RateClass)99 }), "its rate class is unknown"),
        ["client streaming"] = (contract => contract.Add(Get(), People()).ClientStreaming = true, "client streaming has no HTTP form"),
        ["negative timeout"] = (contract => contract.Add(Get(), People(), timeout: -1), "its timeout is negative"),
        ["stream with timeout"] = (contract => contract.Add(Get(), People(), timeout: 5).ServerStreaming = true, "streams have no timeout"),
        ["no pattern"] = (contract => contract.Add(new HttpRule { Body = "*" }, People()), "its HTTP rule has no get, put, post, delete or patch; custom methods are not supported"),
        ["custom method"] = (contract => contract.Add(new HttpRule { Custom = new CustomHttpPattern { Kind = "HEAD", Path = "/probe" } }, People()), "its HTTP rule has no get, put, post, delete or patch; custom methods are not supported"),
        ["path"] = (contract => contract.Add(Get("probe"), People()), "its path 'probe' is malformed: '/' is expected at character 1"),
        ["GET with body"] = (contract => contract.Add(new HttpRule { Get = "/probe", Body = "*" }, People()), "GET has no body"),
        ["raw request"] = (contract => contract.Add(Post(), People()).InputType = ".google.api.HttpBody", "raw request bodies (HttpBody) are not supported"),
        ["raw field"] = (
            contract =>
            {
                contract.Request.Field.Add(Field("raw", 9, Type.Message, ".google.api.HttpBody"));
                contract.Add(Post(body: "raw"), People());
            },
            "raw request bodies (HttpBody) are not supported"),
        ["body"] = (contract => contract.Add(Post(body: "nothing"), People()), "its body 'nothing' is not a field of shtp.probe.v1.Request"),
        ["response_body"] = (contract => contract.Add(new HttpRule { Get = "/probe", ResponseBody = "nothing" }, People()), "its response_body 'nothing' is not a field of shtp.probe.v1.Response"),
        ["unknown variable"] = (contract => contract.Add(Get("/probe/{nothing}"), People()), "its path variable 'nothing' cannot be bound: 'shtp.probe.v1.Request' has no field 'nothing'"),
        ["variable below a scalar"] = (contract => contract.Add(Get("/probe/{id.part}"), People()), "its path variable 'id.part' cannot be bound: 'shtp.probe.v1.Request.id' has no fields that a path can name"),
        ["variable of a message"] = (contract => contract.Add(Get("/probe/{inner}"), People()), "its path variable 'inner' cannot be bound: 'shtp.probe.v1.Request.inner' cannot be given as one text"),
        ["variable of a list"] = (contract => contract.Add(Get("/probe/{tags}"), People()), "its path variable 'tags' is not a single scalar"),
        ["variable of a time"] = (contract => contract.Add(Get("/probe/{since}"), People()), "its path variable 'since' is not a single scalar"),
        ["variable in the body"] = (contract => contract.Add(Post("/probe/{inner.some_name}", body: "inner"), People()), "its path variable 'inner.some_name' is in the body too"),
        ["nested additional bindings"] = (
            contract => contract.Add(new HttpRule { Get = "/probe", AdditionalBindings = { new HttpRule { Get = "/other", AdditionalBindings = { Get("/third") } } } }, People()),
            "additional bindings do not nest"),
        ["fault in an additional binding"] = (
            contract => contract.Add(new HttpRule { Get = "/probe", AdditionalBindings = { Get("/other/{nothing}") } }, People()),
            "its path variable 'nothing' cannot be bound: 'shtp.probe.v1.Request' has no field 'nothing'"),
        ["two of one route"] = (
            contract =>
            {
                contract.Add(Get("/probe/{id}"), People());
                contract.Add(Get("/PROBE/{page_size}"), People(), name: "Other");
            },
            "GET /probe/{id} is the route of shtp.probe.v1.Probe.Other too"),
        ["ambiguous enum"] = (SpoilEnum, "shtp.probe.v1.Mood: 'good' spells two values"),
        ["event_id without stream"] = (contract => MarkPlace(contract, Type.Int64), "its field 'place' is an event_id, but the answer is no stream"),
        ["event_id of a wrong type"] = (contract => MarkPlace(contract, Type.String).ServerStreaming = true, "its event_id 'place' is not a single int64"),
        ["two event_ids"] = (
            contract =>
            {
                MarkPlace(contract, Type.Int64).ServerStreaming = true;
                contract.Response.Field.Add(Marked("other", 10, Type.Int64));
            },
            "shtp.probe.v1.Response has two event_ids"),
        ["next_page without request field"] = (
            contract => MarkNextPage(contract, "next", 9, Get(), "nothing"), "its next_page 'next' and the field 'nothing' of the request are not both single strings"),
        ["next_page of a wrong type"] = (
            contract => MarkNextPage(contract, "next", 9, Get(), "page_size"), "its next_page 'next' and the field 'page_size' of the request are not both single strings"),
        ["next_page of a POST"] = (contract => MarkNextPage(contract, "next", 9, Post(), "id"), "its field 'next' is a next_page, but it is no GET of a list"),
        ["two next_pages"] = (
            contract =>
            {
                MarkNextPage(contract, "next", 9, Get(), "id");
                contract.Response.Field.Add(NextPage("other", 10, "id"));
            },
            "shtp.probe.v1.Response has two next_pages"),
        ["upload of a wrong type"] = (Inline(Type.String), "its upload shtp.probe.v1.Request.file is neither UploadedFile, InlineFile nor bytes"),
        ["upload without kind"] = (Stored(upload => upload.Kind = ""), "its upload shtp.probe.v1.Request.file has no kind"),
        ["upload without size"] = (Stored(upload => upload.MaxBytes = 0), "its upload shtp.probe.v1.Request.file has no max_bytes"),
        ["upload into the message that is too large for it"] = (Inline(Type.Bytes, (4 * 1024 * 1024) + 1), "its upload shtp.probe.v1.Request.file is read into the message and has a max_bytes above 4194304"),
        ["upload with a count"] = (Stored(upload => upload.MaxCount = 2), "its upload shtp.probe.v1.Request.file has a max_count that does not fit it"),
        ["upload with a negative count"] = (Stored(upload => upload.MaxCount = -1), "its upload shtp.probe.v1.Request.file has a max_count that does not fit it"),
        ["extension with dot"] = (Stored(upload => upload.Extensions.Add(".png")), "its upload shtp.probe.v1.Request.file has an extension that is not lower case without a dot"),
        ["extension in capitals"] = (Stored(upload => upload.Extensions.Add("PNG")), "its upload shtp.probe.v1.Request.file has an extension that is not lower case without a dot"),
        ["empty extension"] = (Stored(upload => upload.Extensions.Add("")), "its upload shtp.probe.v1.Request.file has an extension that is not lower case without a dot"),
        ["content type"] = (Stored(upload => upload.ContentTypes.Add("png")), "its upload shtp.probe.v1.Request.file has a content type that is none"),
        ["upload without body"] = (Stored(_ => { }, body: ""), "it takes uploads and needs body: \"*\""),
        ["upload into a field"] = (Stored(_ => { }, body: "inner"), "it takes uploads and needs body: \"*\""),
        ["upload and stream"] = (Stored(_ => { }, isStream: true), "it takes uploads and cannot stream its answer"),
        ["nested upload"] = (
            contract =>
            {
                contract.File.MessageType[1].Field.Add(Field("deep", 2, Type.Bytes, upload: Right()));
                contract.Add(Post(), People());
            },
            "its upload shtp.probe.v1.Inner.deep is not a field of the request itself"),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Build_OneFault_OneSentenceThatNamesTheRpc(string name)
    {
        var contract = new ProbeContract();
        Cases[name].Spoil(contract);
        Assert.Equal([$"{contract.File.Package}.Probe.Do: {Cases[name].Fault}."], contract.Faults());
    }

    [Fact]
    public void Build_ManyFaultsInManyRpcs_AllAtOnce()
    {
        var contract = new ProbeContract();
        contract.Add(new HttpRule { Get = "/probe/{nothing}", Body = "*", ResponseBody = "no" }, new Access { RateClass = (RateClass)9 }, timeout: -2);
        contract.Add(Get("no"), People(), name: "Other");
        var fault = Assert.Throws<CatalogException>(contract.Build);
        Assert.Equal(
            [
                "shtp.probe.v1.Probe.Do: it has no access option that says who may call it.",
                "shtp.probe.v1.Probe.Do: its rate class is unknown.",
                "shtp.probe.v1.Probe.Do: its timeout is negative.",
                "shtp.probe.v1.Probe.Do: GET has no body.",
                "shtp.probe.v1.Probe.Do: its response_body 'no' is not a field of shtp.probe.v1.Response.",
                "shtp.probe.v1.Probe.Do: its path variable 'nothing' cannot be bound: 'shtp.probe.v1.Request' has no field 'nothing'.",
                "shtp.probe.v1.Probe.Other: its path 'no' is malformed: '/' is expected at character 1.",
            ],
            fault.Faults);
        Assert.StartsWith("The contract has 7 faults:", fault.Message, StringComparison.Ordinal);
        Assert.All(fault.Faults, sentence => Assert.Contains(sentence, fault.Message, StringComparison.Ordinal));
    }

    private static HttpRule Get(string path = "/probe") => new() { Get = path };

    private static HttpRule Post(string path = "/probe", string body = "*") => new() { Post = path, Body = body };

    private static ProbeContract OfEmptyMessages(ProbeContract contract)
    {
        // The probe's own messages are named with its package, which the test changes.
        var method = contract.Add(Get(), People());
        method.InputType = ".google.protobuf.Empty";
        method.OutputType = ".google.protobuf.Empty";
        contract.Request.Field.RemoveAt(2);
        return contract;
    }

    private static void SpoilEnum(ProbeContract contract)
    {
        var named = new EnumValueDescriptorProto { Name = "MOOD_GOOD", Number = 0, Options = new EnumValueOptions() };
        named.Options.SetExtension(OptionsExtensions.JsonValue, "good");
        contract.File.EnumType.Add(new EnumDescriptorProto { Name = "Mood", Value = { named, new EnumValueDescriptorProto { Name = "good", Number = 1 } } });
        contract.Request.Field.Add(Field("mood", 9, Type.Enum, ".shtp.probe.v1.Mood"));
        contract.Add(Get(), People());
    }

    private static Upload Right() => new() { Kind = "avatar", MaxBytes = 1000 };

    private static Action<ProbeContract> Inline(Type type, long? maxBytes = null) => contract =>
    {
        var upload = Right();
        upload.MaxBytes = maxBytes ?? upload.MaxBytes;
        contract.Request.Field.Add(Field("file", 9, type, upload: upload));
        contract.Add(Post(), People());
    };

    private static MethodDescriptorProto MarkPlace(ProbeContract contract, Type type)
    {
        contract.Response.Field.Add(Marked("place", 9, type));
        return contract.Add(Get(), People());
    }

    private static FieldDescriptorProto Marked(string name, int number, Type type)
    {
        var field = Field(name, number, type);
        field.Options = new FieldOptions();
        field.Options.SetExtension(OptionsExtensions.EventId, true);
        return field;
    }

    private static void MarkNextPage(ProbeContract contract, string name, int number, HttpRule rule, string parameter)
    {
        contract.Response.Field.Add(NextPage(name, number, parameter));
        contract.Add(rule, People());
    }

    private static FieldDescriptorProto NextPage(string name, int number, string parameter)
    {
        var field = Field(name, number, Type.String);
        field.Options = new FieldOptions();
        field.Options.SetExtension(OptionsExtensions.NextPage, parameter);
        return field;
    }

    private static Action<ProbeContract> Stored(Action<Upload> spoil, string body = "*", bool isStream = false) => contract =>
    {
        var upload = Right();
        spoil(upload);
        contract.Request.Field.Add(Field("file", 9, Type.Message, ".shtp.api.v1.UploadedFile", upload: upload));
        contract.Add(Post(body: body), People()).ServerStreaming = isStream;
    };
}
