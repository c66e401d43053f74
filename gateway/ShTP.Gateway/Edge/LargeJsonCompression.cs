using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;
using ShTP.Transcoding.Catalog;
using ShTP.Transcoding.Codecs;

namespace ShTP.Gateway.Edge;

/// <summary>Compresses large JSON responses of known length. Small responses cost more than they save, and streams would be delayed.</summary>
internal sealed class LargeJsonCompression(IServiceProvider services, IOptions<ResponseCompressionOptions> compression, TranscodingOptions options)
    : ResponseCompressionProvider(services, compression)
{
    public override bool ShouldCompressResponse(HttpContext context) =>
        context.Response.ContentLength >= options.CompressFromBytes
        && context.Response.ContentType is { } type && MediaTypes.IsJson(MediaTypes.WithoutParameters(type))
        && base.ShouldCompressResponse(context);
}
