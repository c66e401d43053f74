using Google.Api;
using ShTP.Api.V1;
using ShTP.Transcoding.Catalog;
using ShTP.Protos;
using static ShTP.Gateway.Tests.Catalog.ProbeContract;
using Type = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;

namespace ShTP.Gateway.Tests.Catalog;

public sealed class MethodCatalogTests
{
    [Fact]
    public void Build_ShTPsContract_RoutesEveryRpcForPeopleAndNoOther()
    {
        var routed = MethodCatalog.Build(Contract.ShTP, new TranscodingOptions()).Methods.Select(method => method.Descriptor.FullName).ToHashSet();
        var people = Contract.ShTP.Methods.Where(method => Contract.AccessOf(method)!.CallerCase == Access.CallerOneofCase.Level);
        Assert.Equal(people.Select(method => method.FullName).Order(), routed.Order());
    }

    [Fact]
    public void Build_UploadsThatTakeJpeg_TakeEveryNameOfIt()
    {
        var uploads = MethodCatalog.Build(Contract.ShTP, new TranscodingOptions()).Methods.SelectMany(method => method.Uploads)
            .Where(upload => upload.Options.ContentTypes.Contains("image/jpeg")).ToList();
        Assert.NotEmpty(uploads);
        // Windows saves pictures of the web as .jfif; browsers know all of these.
        Assert.All(uploads, upload => Assert.Superset(new HashSet<string>(["jpg", "jpeg", "jfif", "pjpeg", "pjp"]), upload.Options.Extensions.ToHashSet()));
    }

    [Fact]
    public void Build_BareRule_HasTheDefaults()
    {
        var contract = new ProbeContract();
        contract.Add(new HttpRule { Get = "/probe/{id}" }, People());
        var method = Assert.Single(contract.Build().Methods);
        Assert.Equal(
            ("shtp.probe.v1.Probe.Do", "/shtp.probe.v1.Probe/Do", "probe", "GET", "/probe/{p0}"),
            (method.RouteId, method.RpcPath, method.Area, method.Verb, method.Template.RoutePattern));
        Assert.Equal((Level.SignedIn, RateClass.Unspecified, TimeSpan.FromSeconds(10), BodyKind.None), (method.Access, method.RateClass, method.Timeout, method.Body));
        Assert.Null(method.BodyField);
        Assert.Null(method.ResponseBody);
        Assert.Empty(method.Uploads);
        Assert.False(method.IsServerStreaming || method.ReturnsHttpBody || method.ReturnsEmpty);
        var binding = Assert.Single(method.PathBindings);
        Assert.Equal(("id", "id"), (binding.Variable.Field, binding.Field.Name));
        Assert.Equal(["inner.someName", "inner.some_name", "pageSize", "page_size", "since", "tags"], method.QueryBindings.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Build_EverythingSaid_IsKept()
    {
        var contract = new ProbeContract();
        contract.Add(
            new HttpRule { Put = "/probe/{id}", Body = "inner", ResponseBody = "items" },
            new Access { Level = Level.Admin, RateClass = RateClass.Expensive },
            timeout: 30);
        var method = Assert.Single(contract.Build().Methods);
        Assert.Equal((Level.Admin, RateClass.Expensive, (TimeSpan?)TimeSpan.FromSeconds(30)), (method.Access, method.RateClass, method.Timeout));
        Assert.Equal(("PUT", BodyKind.Field, "inner", "items"), (method.Verb, method.Body, method.BodyField?.JsonName, method.ResponseBody?.JsonName));
        Assert.Equal(["pageSize", "page_size", "since", "tags"], method.QueryBindings.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Build_BodyIsTheWholeRequest_QuerySetsNothing()
    {
        var contract = new ProbeContract();
        contract.Add(new HttpRule { Patch = "/probe", Body = "*" }, People());
        var method = Assert.Single(contract.Build().Methods);
        Assert.Equal(("PATCH", BodyKind.Whole), (method.Verb, method.Body));
        Assert.Empty(method.QueryBindings);
    }

    [Fact]
    public void Build_AdditionalBindings_EachIsARouteOfItsOwn()
    {
        var contract = new ProbeContract();
        contract.Add(
            new HttpRule
            {
                Get = "/probe/{id}",
                AdditionalBindings = { new HttpRule { Post = "/probe", Body = "*" }, new HttpRule { Delete = "/old/{inner.some_name}" } },
            },
            People(),
            timeout: 3);
        var methods = contract.Build().Methods;
        Assert.Equal(
            [("shtp.probe.v1.Probe.Do", "GET", "/probe/{id}"), ("shtp.probe.v1.Probe.Do#1", "POST", "/probe"), ("shtp.probe.v1.Probe.Do#2", "DELETE", "/old/{inner.some_name}")],
            methods.Select(method => (method.RouteId, method.Verb, method.Template.Text)));
        Assert.All(methods, method => Assert.Equal((Level.SignedIn, (TimeSpan?)TimeSpan.FromSeconds(3)), (method.Access, method.Timeout)));
        Assert.Equal([BodyKind.None, BodyKind.Whole, BodyKind.None], methods.Select(method => method.Body));
        Assert.Equal("inner.someName", Assert.Single(methods[2].PathBindings).Field.Name);
    }

    [Fact]
    public void Build_SamePathOtherVerb_IsAnotherRoute()
    {
        var contract = new ProbeContract();
        contract.Add(new HttpRule { Get = "/probe" }, People());
        contract.Add(new HttpRule { Delete = "/probe" }, People(), name: "Other");
        Assert.Equal(2, contract.Build().Methods.Count);
    }

    [Fact]
    public void Build_SpecialAnswers_AreKnown()
    {
        var contract = new ProbeContract();
        contract.Add(new HttpRule { Get = "/raw" }, People(), name: "Raw").OutputType = ".google.api.HttpBody";
        contract.Add(new HttpRule { Get = "/empty" }, People(), name: "Empty").OutputType = ".google.protobuf.Empty";
        contract.Add(new HttpRule { Get = "/many" }, People(), name: "Many").ServerStreaming = true;
        var methods = contract.Build().Methods;
        Assert.Equal(
            [(true, false, false), (false, true, false), (false, false, true)],
            methods.Select(method => (method.ReturnsHttpBody, method.ReturnsEmpty, method.IsServerStreaming)));
    }

    [Fact]
    public void Build_InternalRpc_HasNoRoute()
    {
        var contract = new ProbeContract();
        contract.Add(null, new Access { Internal = new Internal { Callers = { "users" } } });
        Assert.Empty(contract.Build().Methods);
    }

    [Fact]
    public void Build_Uploads_StoredAndInline()
    {
        var contract = new ProbeContract();
        contract.Request.Field.Add(Field("some_files", 8, Type.Message, ".shtp.api.v1.UploadedFile", isRepeated: true, upload: new Upload { Kind = "source", MaxBytes = 10, MaxCount = 3, Extensions = { "cpp" }, ContentTypes = { "text/plain" } }));
        contract.Request.Field.Add(Field("import", 9, Type.Bytes, upload: new Upload { MaxBytes = 20 }));
        contract.Add(new HttpRule { Post = "/probe", Body = "*" }, People());
        var uploads = Assert.Single(contract.Build().Methods).Uploads;
        Assert.Equal([("someFiles", false, 3), ("import", true, 1)], uploads.Select(upload => (upload.Field.JsonName, upload.IsInline, upload.MaxCount)));
        Assert.Equal(["cpp"], uploads[0].Options.Extensions);
    }
}
