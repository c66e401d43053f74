using Google.Api;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ShTP.Library.V1;
using ShTP.Rpc.Errors;
using Code = Google.Rpc.Code;

namespace ShTP.Gateway.Tests.EndToEnd;

/// <summary>The service behind the gateway under test.</summary>
internal sealed class Library(CallState calls) : LibraryService.LibraryServiceBase
{
    public override async Task<Book> GetBook(GetBookRequest request, ServerCallContext context)
    {
        calls.Counts.AddOrUpdate(request.Id, 1, (_, count) => count + 1);
        if (request.Delay > 0)
            await Task.Delay(request.Delay); // longer than the deadline: the gateway must not wait for it
        return NewBook(request.Id);
    }

    public override Task<ListBooksResponse> ListBooks(ListBooksRequest request, ServerCallContext context)
    {
        RefuseMany(request.Count);
        var response = new ListBooksResponse { Next = request.LastBook == "б/1&x=<2>" ? "" : request.Tags.Contains("long") ? "б/1&x=<2>" : "" };
        for (var i = 0; i < request.Count; i++)
            response.Books.Add(new Book { Id = $"{i}", Title = request.Filter?.Title ?? "", Tags = { request.Tags }, Reader = request.Reader, PrintedAt = request.Since });
        return Task.FromResult(response);
    }

    public override Task<Book> PutBook(Book request, ServerCallContext context) => Task.FromResult(request);

    public override Task<Book> RenameBook(RenameBookRequest request, ServerCallContext context) => request.Title.Length > 0
        ? Task.FromResult(new Book { Id = request.Id, Title = request.Title })
        : throw RpcErrors.Invalid("Nothing to update");

    public override Task<Book> UpdateBook(UpdateBookRequest request, ServerCallContext context)
    {
        var book = request.Book ?? new Book();
        book.Id = request.Id;
        book.Pages = request.DryRun ? 1 : 0;
        return Task.FromResult(book);
    }

    public override Task<Empty> DeleteBook(GetBookRequest request, ServerCallContext context) => Task.FromResult(new Empty());

    public override Task<Book> Fail(FailRequest request, ServerCallContext context) => throw FaultOf(request);

    public override async Task WatchBooks(WatchBooksRequest request, IServerStreamWriter<Book> responseStream, ServerCallContext context)
    {
        RefuseMany(request.Count);
        if (request.Code < 0)
            await context.WriteResponseHeadersAsync([]);
        for (var i = 0; i < request.Count; i++)
            await responseStream.WriteAsync(NewBook($"{i}"));
        if (request.Code > 0)
            throw new RpcException(new Status((StatusCode)request.Code, "the shelf broke"));
        if (request.Code == 0)
            return;
        var left = calls.Left.GetOrAdd(context.RequestHeaders.GetValue("x-request-id") ?? "", _ => new());
        await using var _ = context.CancellationToken.Register(left.SetResult);
        await left.Task;
    }

    public override async Task FollowBooks(FollowBooksRequest request, IServerStreamWriter<BookPlace> responseStream, ServerCallContext context)
    {
        RefuseMany(request.Count);
        if (!request.HasLastPlace)
            await responseStream.WriteAsync(new BookPlace());
        for (var i = 1; i <= request.Count; i++)
            await responseStream.WriteAsync(new BookPlace { Place = request.LastPlace + i, Book = NewBook($"{i}") });
    }

    public override Task<HttpBody> ExportBooks(ListBooksRequest request, ServerCallContext context) => ExportAsync(context);

    public override async Task StreamExport(ListBooksRequest request, IServerStreamWriter<HttpBody> responseStream, ServerCallContext context)
    {
        await responseStream.WriteAsync(await ExportAsync(context));
        await responseStream.WriteAsync(new HttpBody { Data = ByteString.CopyFromUtf8(";more") });
    }

    public override Task<SetCoverResponse> SetCover(SetCoverRequest request, ServerCallContext context) => Task.FromResult(new SetCoverResponse
    {
        FileId = request.Cover?.FileId ?? "",
        Size = request.Cover?.Size ?? 0,
        OriginalName = request.Cover?.OriginalName ?? "",
        Title = request.Book?.Title ?? "",
        Note = request.Note,
    });

    public override Task<SetCoverResponse> SetRecording(SetRecordingRequest request, ServerCallContext context) =>
        Task.FromResult(new SetCoverResponse { FileId = request.Recording?.FileId ?? "", Size = request.Recording?.Size ?? 0 });

    public override Task<ImportBooksResponse> ImportBooks(ImportBooksRequest request, ServerCallContext context) =>
        Task.FromResult(new ImportBooksResponse { Bytes = request.CsvFile.Length, Mode = request.Mode, DryRun = request.DryRun });

    public override Task<WhoAmIResponse> WhoAmI(WhoAmIRequest request, ServerCallContext context) => Task.FromResult(Who(context));

    public override Task<WhoAmIResponse> WhoIsAnybody(WhoAmIRequest request, ServerCallContext context) => Task.FromResult(Who(context));

    public override Task<WhoAmIResponse> Administer(WhoAmIRequest request, ServerCallContext context) => Task.FromResult(Who(context));

    public override Task<WhoAmIResponse> Renew(WhoAmIRequest request, ServerCallContext context) => Task.FromResult(Who(context));

    public override Task<WhoAmIResponse> SignIn(FailRequest request, ServerCallContext context) =>
        request.Equals(new FailRequest()) ? Task.FromResult(Who(context)) : throw FaultOf(request);

    private static RpcException FaultOf(FailRequest request) => request switch
    {
        { Field.Length: > 0 } => RpcErrors.InvalidField(request.Field, request.Detail),
        { Reason.Length: > 0 } => RpcErrors.Reason((Code)request.Code, request.Detail, request.Reason),
        { RetrySeconds: > 0 } => RpcErrors.TooMany(request.Detail, TimeSpan.FromSeconds(request.RetrySeconds)),
        _ => new RpcException(new Status((StatusCode)request.Code, request.Detail)),
    };

    private static void RefuseMany(int count)
    {
        if (count > 10_000)
            throw new RpcException(new Status(StatusCode.OutOfRange, "so many books there are not"));
    }

    private static Book NewBook(string id) => new()
    {
        Id = id,
        Title = "Мастер и Маргарита",
        Pages = 480,
        PrintedAt = Timestamp.FromDateTime(new DateTime(2023, 9, 1, 10, 0, 0, DateTimeKind.Utc)),
        Reader = Api.V1.Role.Teacher,
    };

    private static async Task<HttpBody> ExportAsync(ServerCallContext context)
    {
        await context.WriteResponseHeadersAsync(new Metadata { { "content-disposition", "attachment;filename=books.zip" }, { "etag", "\"v1\"" }, { "x-secret", "no" } });
        return new HttpBody { ContentType = "application/x-zip-compressed", Data = ByteString.CopyFromUtf8("zip") };
    }

    private static WhoAmIResponse Who(ServerCallContext context)
    {
        string Value(string name) => context.RequestHeaders.GetValue(name) ?? "";
        return new()
        {
            Authorization = Value("authorization"),
            Address = Value("x-forwarded-for"),
            RequestId = Value("x-request-id"),
            UserAgent = Value("shtp-user-agent"),
            Traceparent = Value("traceparent"),
            Metadata = { context.RequestHeaders.Select(entry => entry.Key) },
        };
    }
}
