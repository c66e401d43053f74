using Google.Protobuf;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace ShTP.Users.Pages;

/// <summary>Cards with passwords for one sign-in, as a page to be printed and cut up.</summary>
internal sealed class PasswordCards(IServiceProvider services, ILoggerFactory loggers)
{
    /// <summary>The page as UTF-8.</summary>
    public async Task<ByteString> WriteAsync(IReadOnlyList<PasswordCard> cards)
    {
        await using var renderer = new HtmlRenderer(services, loggers);
        var parameters = ParameterView.FromDictionary(new Dictionary<string, object?> { [nameof(PasswordCardsPage.Cards)] = cards });
        return await renderer.Dispatcher.InvokeAsync(async () =>
            ByteString.CopyFromUtf8((await renderer.RenderComponentAsync<PasswordCardsPage>(parameters)).ToHtmlString()));
    }
}
