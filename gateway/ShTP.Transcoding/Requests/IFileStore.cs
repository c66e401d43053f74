using ShTP.Transcoding.Catalog;
using ShTP.Transcoding.Problems;

namespace ShTP.Transcoding.Requests;

/// <summary>Where uploaded files go before the call is made.</summary>
internal interface IFileStore
{
    /// <summary>Stores a part as it arrives, for the caller of the request; gives the wire bytes of an UploadedFile that refers to it.</summary>
    /// <exception cref="ProblemException">The file is too large or not accepted, or cannot be stored now.</exception>
    Task<byte[]> StoreAsync(HttpContext context, Stream content, UploadField upload, string fileName);
}
