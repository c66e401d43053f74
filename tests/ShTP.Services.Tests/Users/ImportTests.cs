using System.Text;
using Google.Protobuf;
using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Users.V1;
using Xunit;

namespace ShTP.Services.Tests.Users;

public sealed class ImportTests(UsersSystem system) : IClassFixture<UsersSystem>
{
    private const string Header = "firstName,lastName,email,role,password,learningClass,groupName\n";

    private static int count;

    private static string Unique() => $"import{Interlocked.Increment(ref count)}@example.org";

    /// <summary>$1, $2, $3 are e-mails; the second list is "firstName lastName class" of each user expected.</summary>
    public static TheoryData<string, string> GoodFiles => new()
    {
        { Header + "Анна,Иванова,$1,student,password1,9,Python", "Анна Иванова 9" },
        { "\uFEFF" + Header.Replace("\n", "\r\n") + "A,B,$1,,password1,,Python\r\nC,D,$2,STUDENT,password2,11,Python\r\n", "A B 0|C D 11" },
        { "group name;E-Mail;Last_Name;№;First Name;password\nPython;$1;Б;1;А;\"pass;word\"\"1\"\n", "А Б 0" },
        { "Имя;Фамилия;Почта;Роль;Пароль;Класс;Группа\n\"Анна Мария\";Б;$1;student;password1;7;\"Python\"", "Анна Мария Б 7" },
        { "anything,in,the,first,line,is,skipped\n A , B ,$1,student,password1, 1 ,Python ", "A B 1" },
        { "A,B,$1,student,password1,1,Python\nC,D,$2,student,password2,2,Python", "A B 1|C D 2" },
        { Header + "\n\nA,B,$1,student,password1,1,Python,,\n ,,,,,,\n", "A B 1" },
        { "sep=;\r\nфамилия;имя;почта;пароль;группа\r\nИванова;Анна;$1;password1;Python\r\n", "Анна Иванова 0" },
        { "SEP=,\n" + Header + "A,B,$1,student,password1,1,Python", "A B 1" },
        { "Имя\tФамилия\tEmail\tПароль\tКласс\tГруппа\nА\tБ\t$1\tpassword,1\t9\tPython\n", "А Б 9" },
        { "Список 9 класса;;;;;\n;;;;;\nИмя;Фамилия;Почта;Пароль;Класс;Группа\nА;Б;$1;password1;9,0;Python\n", "А Б 9" },
        { Header + "A,B,$1,Ученик,password1,10.0,python\nC,D,$2,учИтель,password2,,PYTHON ", "A B 10|C D 0" },
        { "email,password,firstName,lastName,groupName,role,learningClass\n$1,password1,A,B,Python\n$2,password2,C,D,Python,student", "A B 0|C D 0" },
    };

    [Theory]
    [MemberData(nameof(GoodFiles))]
    public async Task Import_GoodFile_MakesEverybodyInTheFilesOrder(string file, string expected)
    {
        var answer = await ImportAsync(file.Replace("$1", Unique()).Replace("$2", Unique()));
        Assert.Empty(answer.Errors);
        Assert.Equal(expected, string.Join('|', answer.Users.Select(user => $"{user.FirstName} {user.LastName} {user.LearningClass}")));
        foreach (var row in answer.Users)
        {
            Assert.Equal(system.Group.Id.ToString(), row.GroupId);
            Assert.True(system.Auth.Credentials.ContainsKey(row.Uuid));
            Assert.Equal(row.FirstName, (await system.Anonymous.GetUserAsync(new GetUserRequest { Id = row.Uuid })).FirstName);
        }
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("windows-1251")]
    public async Task Import_OtherEncodingsOfSpreadsheets_AreRead(string name)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        byte[] content = [.. encoding.GetPreamble(), .. encoding.GetBytes($"Имя\tФамилия\tПочта\tПароль\tГруппа\r\nЁлка\tЩукина\t{Unique()}\tpassword1\tPython\r\n")];
        var answer = await system.As(system.Admin).ImportUsersAsync(new ImportUsersRequest { CsvFile = ByteString.CopyFrom(content) });
        Assert.Empty(answer.Errors);
        Assert.Equal(("Ёлка", "Щукина"), (Assert.Single(answer.Users).FirstName, answer.Users[0].LastName));
    }

    [Fact]
    public async Task Import_QuotedPassword_ArrivesAsItIs()
    {
        var answer = await ImportAsync(Header + $"A,B,{Unique()},student,\" pass,\"\"word\",1,Python");
        Assert.Equal("hash of  pass,\"word", system.Auth.Credentials[Assert.Single(answer.Users).Uuid].PasswordHash);
    }

    public static TheoryData<string, string> BrokenRows => new()
    {
        { "A,B,nobody,student,password1,1,Python", "Row 7 (nobody), column email: value is not a valid email address" },
        { ",B,$1,student,password1,1,Python", "Row 7 ($1), column firstName: must have 1 to 50 characters" },
        { "A,B,$1,boss,password1,1,Python", "Row 7 ($1), column role: must be student, teacher or admin" },
        { "A,B,$1,2,password1,1,Python", "Row 7 ($1), column role: must be student, teacher or admin" },
        { "A,B,$1,teacher,password1,1,Python", "Row 7 ($1), column role: teachers and admins are created by admins only" },
        { "A,B,$1,student,short,1,Python", "Row 7 ($1), column password: must have 8 to 128 characters" },
        { "A,B,$1,student,password1,ninth,Python", "Row 7 ($1), column learningClass: must be a number between 0 and 11" },
        { "A,B,$1,student,password1,12,Python", "Row 7 ($1), column learningClass: must be a number between 0 and 11" },
        { "A,B,$1,student,password1,1,НетТакой", "Row 7 ($1), column groupName: there is no group 'НетТакой'" },
        { "A,B,$1,student,password1,1,Twice", "Row 7 ($1), column groupName: several groups are called 'Twice'" },
        { "A,B,$1,student,password1,1", "Row 7 ($1): has 6 columns, 7 are expected" },
        { "A,B,$1,student,password1,1,Python,more", "Row 7 ($1): has 8 columns, 7 are expected" },
        { "A,B,$row3,student,password1,1,Python", "Row 7 ($row3), column email: the same as in row 3" },
        { "A,B,$taken,student,password1,1,Python", "Row 7 ($taken), column email: is the e-mail of a user already" },
        { "A,B\"C,$1,student,password1,1,Python", "Row 7 ($1): the quotes are broken" },
        { "A,\"B\nC\",$1,student,password1,1,Python", "Row 7 ($1), column lastName: must not contain control characters or line breaks" },
        { "A,B,nobody,boss,password1,1,Python", "Row 7 (nobody), column email: value is not a valid email address|Row 7 (nobody), column role: must be student, teacher or admin" },
        { "A\u200B,B,$1,student,password1,1,Python", "Row 7 ($1), column firstName: must not contain invisible characters or ones that change the direction of text (U+200B)" },
        { "A,B,,student,password1,1,Python", "Row 7, column email: value is not a valid email address" },
    };

    [Theory]
    [MemberData(nameof(BrokenRows))]
    public async Task Import_BrokenRow7_IsNamedAndNothingIsWritten(string row, string errors)
    {
        var (file, others, email) = await FileWithRow7Async(row);
        errors = errors.Replace("$1", email).Replace("$row3", email).Replace("$taken", email);
        var teacher = system.As(await system.AddAsync(Role.Teacher));
        foreach (var dryRun in new[] { true, false })
        {
            var answer = await teacher.ImportUsersAsync(Request(file, dryRun: dryRun));
            Assert.Equal(errors, string.Join('|', answer.Errors));
            Assert.Empty(answer.Users);
        }

        var partial = await teacher.ImportUsersAsync(Request(file, "partial", dryRun: true));
        Assert.Equal((errors, others), (string.Join('|', partial.Errors), partial.Users.Count));
        Assert.Equal(StatusCode.NotFound, (await UsersSystem.FailsAsync(system.Anonymous.GetUserAsync(new GetUserRequest { Id = partial.Users[0].Uuid }))).StatusCode);
        // Nothing was written: all the others can be made now.
        partial = await teacher.ImportUsersAsync(Request(file, "partial"));
        Assert.Equal((errors, others), (string.Join('|', partial.Errors), partial.Users.Count));
        Assert.NotNull(await system.FindAsync(Guid.Parse(partial.Users[0].Uuid)));
    }

    public static TheoryData<byte[], string> NoFiles => new()
    {
        { [], "csv_file: the file is empty" },
        { "\n \n"u8.ToArray(), "csv_file: the file is empty" },
        { Encoding.UTF8.GetBytes(Header), "csv_file: the file has no rows" },
        { [0x98, 0x81, 0x90, (byte)','], "csv_file: the file is not in UTF-8; save it as \"CSV UTF-8\"" },
        { "a\0b"u8.ToArray(), "csv_file: the file is not text" },
        { "email,password,email,firstName,lastName,groupName\nx"u8.ToArray(), "csv_file: the header has the column email twice" },
        { "email,role\nx"u8.ToArray(), "csv_file: the header lacks the column firstName, lastName, password, groupName" },
        { Encoding.UTF8.GetBytes(Header + string.Concat(Enumerable.Repeat("A,B,c@d.ru,,password1,,Python\n", 1001))), "csv_file: the file has more than 1000 rows" },
    };

    [Theory]
    [MemberData(nameof(NoFiles))]
    public async Task Import_NoUsableFile_IsInvalid(byte[] content, string detail)
    {
        var call = system.As(system.Admin).ImportUsersAsync(new ImportUsersRequest { CsvFile = ByteString.CopyFrom(content) });
        Assert.Equal(new Status(StatusCode.InvalidArgument, detail), await UsersSystem.FailsAsync(call));
    }

    [Fact]
    public async Task Import_TooManyBytes_IsTooLarge()
    {
        var call = system.As(system.Admin).ImportUsersAsync(Request(new string('x', 1024 * 1024 + 1)));
        Assert.Equal(new Status(StatusCode.ResourceExhausted, "csv_file: must have at most 1048576 bytes"), await UsersSystem.FailsAsync(call));
    }

    [Fact]
    public async Task Import_UnknownMode_IsInvalid()
    {
        var call = system.As(system.Admin).ImportUsersAsync(Request(Header + "x", "some"));
        Assert.Equal(new Status(StatusCode.InvalidArgument, "mode: must be all or partial"), await UsersSystem.FailsAsync(call));
    }

    [Fact]
    public async Task Import_UnclosedQuote_SwallowsNobodySilently()
    {
        var file = Header + $"A,B,{Unique()},student,password1,1,Python\nC,\"D,{Unique()},student,password1,1,Python\nE,F,{Unique()},student,password1,1,Python\n";
        var answer = await ImportAsync(file);
        Assert.Empty(answer.Users);
        Assert.StartsWith("Row 3", Assert.Single(answer.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_ThousandRows_HashesOnceAndKeepsTheOrder()
    {
        await using var own = new DisposableSystem();
        var users = await own.StartAsync();
        var file = Header + string.Concat(Enumerable.Range(0, 1000).Select(i => $"A{i},B,{Unique()},student,password{i},1,Python\n"));
        var answer = await users.As(users.Admin).ImportUsersAsync(Request(file));
        Assert.Equal(1000, answer.Users.Count);
        Assert.Equal(1, users.Auth.HashCalls);
        var listed = (await users.As(users.Admin).ListUsersAsync(new ListUsersRequest())).Users;
        Assert.Equal(answer.Users, listed.Skip(1));
    }

    [Fact]
    public async Task Import_SameFileAtOnce_MakesEverybodyOnce()
    {
        var file = Header + string.Concat(Enumerable.Range(0, 20).Select(_ => $"A,B,{Unique()},student,password1,1,Python\n"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ImportAsync(file)));
        var winner = Assert.Single(answers, answer => answer.Users.Count > 0);
        Assert.Equal((20, 0), (winner.Users.Count, winner.Errors.Count));
        Assert.All(answers.Where(answer => answer != winner), answer => Assert.Equal(20, answer.Errors.Count));
    }

    private async Task<(string File, int Others, string Email)> FileWithRow7Async(string row)
    {
        if (row.Contains("Twice", StringComparison.Ordinal))
        {
            await system.AddGroupAsync("Twice");
            await system.AddGroupAsync("Twice");
        }

        var row3 = Unique();
        var taken = row.Contains("$taken", StringComparison.Ordinal) ? (await system.AddAsync()).Email : "";
        var text = new StringBuilder(Header);
        var ofRow7 = row.Contains("$row3", StringComparison.Ordinal) ? row3 : taken;
        for (var number = 2; number <= 9; number++)
        {
            var email = number == 3 ? row3 : Unique();
            ofRow7 = number == 7 && row.Contains("$1", StringComparison.Ordinal) ? email : ofRow7;
            text.Append(number == 7 ? row.Replace("$1", email).Replace("$row3", row3).Replace("$taken", taken) : $"A{number},B,{email},,password1,1,Python").Append('\n');
        }

        return (text.ToString(), 7, ofRow7);
    }

    private async Task<ImportUsersResponse> ImportAsync(string file) => await system.As(system.Admin).ImportUsersAsync(Request(file));

    private static ImportUsersRequest Request(string file, string mode = "", bool dryRun = false) =>
        new() { CsvFile = ByteString.CopyFromUtf8(file), Mode = mode, DryRun = dryRun };
}
