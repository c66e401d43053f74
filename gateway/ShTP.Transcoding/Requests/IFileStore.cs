using ShTP.Transcoding.Catalog;
using ShTP.Transcoding.Problems;

namespace ShTP.Transcoding.Requests;

/// <summary>The storage of uploaded files before the call.</summary>
internal interface IFileStore
{
    /// <summary>Streams a part to the storage for the caller of the request, and returns the wire bytes of its UploadedFile.</summary>
    /// <exception cref="ProblemException">The file is too large or not accepted, or cannot be stored now.</exception>
    Task<byte[]> StoreAsync(HttpContext context, Stream content, UploadField upload, string fileName);
}
