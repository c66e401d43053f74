using Microsoft.AspNetCore.Routing;
using ShTP.Transcoding.Catalog;

namespace ShTP.Gateway.Tests.Requests;

public sealed class PathTemplateTests
{
    [Theory]
    [InlineData("/v1/users", "/v1/users", "/v1/users", "")]
    [InlineData("/v1/Users", "/v1/Users", "/v1/users", "")]
    [InlineData("/users/{id}", "/users/{p0}", "/users/*", "id")]
    [InlineData("/users/{user_id}/posts/{post.id}", "/users/{p0}/posts/{p1}", "/users/*/posts/*", "user_id post.id")]
    [InlineData("/users/{id=*}", "/users/{p0}", "/users/*", "id")]
    [InlineData("/{name=shelves/*/books/*}", "/shelves/{p0}/books/{p1}", "/shelves/*/books/*", "name")]
    [InlineData("/files/{path=**}", "/files/{**p0}", "/files/**", "path")]
    [InlineData("/{path=files/**}", "/files/{**p0}", "/files/**", "path")]
    [InlineData("/files/**", "/files/{**p0}", "/files/**", "")]
    [InlineData("/any/*/end", "/any/{p0}/end", "/any/*/end", "")]
    [InlineData("/users/{id}:block", "/users/{p0}:block", "/users/*:block", "id")]
    [InlineData("/a-b._~!$&'()+,;@", "/a-b._~!$&'()+,;@", "/a-b._~!$&'()+,;@", "")]
    public void Parse_Grammar_GivesTheRoute(string text, string route, string shape, string variables)
    {
        var template = PathTemplate.Parse(text);
        Assert.Equal((text, route, shape), (template.Text, template.RoutePattern, template.Shape));
        Assert.Equal(variables, string.Join(' ', template.Variables.Select(variable => variable.Field)));
        Assert.Equal(text.EndsWith(":block", StringComparison.Ordinal) ? "block" : null, template.Verb);
    }

    [Theory]
    [InlineData("", "'/' is expected at character 1")]
    [InlineData("users", "'/' is expected at character 1")]
    [InlineData("/", "a segment is expected at character 2")]
    [InlineData("/users/", "a segment is expected at character 8")]
    [InlineData("//users", "a segment is expected at character 2")]
    [InlineData("/users/{}", "a field name is expected at character 9")]
    [InlineData("/users/{id", "'}' is expected at character 11")]
    [InlineData("/users/{id.}", "a field name is expected at character 12")]
    [InlineData("/users/{9id}", "a field name is expected at character 12")]
    [InlineData("/users/{id=}", "a segment is expected at character 12")]
    [InlineData("/users/{id={x}}", "variables do not nest at character 12")]
    [InlineData("/users/{id=me}", "the variable 'id' has no wildcard at character 15")]
    [InlineData("/{id}/{id}", "the variable 'id' stands twice at character 10")]
    [InlineData("/users/{id}x", "'x' is not expected at character 12")]
    [InlineData("/users?x=1", "'?' is not expected at character 7")]
    [InlineData("/users/%41", "a segment is expected at character 8")]
    [InlineData("/users/***", "'*' is not expected at character 10")]
    [InlineData("/users:", "a segment is expected at character 8")]
    [InlineData("/users:a:b", "':' is not expected at character 9")]
    [InlineData("/**/users", "'**' must be the last segment")]
    [InlineData("/{path=**}/users", "'**' must be the last segment")]
    [InlineData("/files/**:copy", "a verb cannot follow '**'")]
    [InlineData("/пользователи", "a segment is expected at character 2")]
    public void Parse_Malformed_SaysWhatAndWhere(string text, string fault) =>
        Assert.Equal(fault, Assert.Throws<FormatException>(() => PathTemplate.Parse(text)).Message);

    [Theory]
    [InlineData("/{name=shelves/*/books/*}", 0, "shelves/1/books/2")]
    [InlineData("/{path=files/**}", 0, "files/1")]
    [InlineData("/*/{id}", 0, "2")]
    [InlineData("/{a}/{b}", 1, "2")]
    public void Read_MatchedRoute_JoinsTheSegments(string text, int index, string value) =>
        Assert.Equal(value, PathTemplate.Parse(text).Variables[index].Read(new RouteValueDictionary { ["p0"] = "1", ["p1"] = "2" }));

    [Fact]
    public void Read_EncodedSlash_IsDecodedInASingleSegmentOnly()
    {
        var values = new RouteValueDictionary { ["p0"] = "a%2Fb%2fc" };
        Assert.Equal("a/b/c", PathTemplate.Parse("/{id}").Variables[0].Read(values));
        Assert.Equal("x/a%2Fb%2fc", PathTemplate.Parse("/{id=x/**}").Variables[0].Read(values));
    }

    [Fact]
    public void Read_MissingRouteValue_IsEmpty() =>
        Assert.Equal("", PathTemplate.Parse("/{id}").Variables[0].Read([]));
}
