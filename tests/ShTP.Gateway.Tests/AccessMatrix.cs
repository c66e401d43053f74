namespace ShTP.Gateway.Tests;

/// <summary>One external RPC, written down by hand: its route, its rate class and what each caller gets.</summary>
/// <param name="Rpc">Full name.</param>
/// <param name="Verb">HTTP method.</param>
/// <param name="Path">Path template as the contract spells it.</param>
/// <param name="Answers">What the callers get.</param>
/// <param name="RateClass">The rate limit that counts the call.</param>
public sealed record AccessRow(string Rpc, string Verb, string Path, CallerAnswers Answers, string RateClass = "Unspecified")
{
    /// <summary>JSON body that passes the gateway; null sends none.</summary>
    public string? Body { get; init; } = Verb is "GET" or "DELETE" ? null : "{}";

    /// <summary>Name of the multipart part with a file, which replaces the body.</summary>
    public string? FilePart { get; init; }

    public override string ToString() => $"{Rpc} {Verb} {Path}";
}

/// <summary>
/// HTTP statuses by caller. <see cref="Reached"/> is what the stand-in service answers: the call went through.
/// </summary>
public sealed record CallerAnswers(int Nobody, int Student, int Teacher, int Admin, int RefreshToken, int ExpiredToken)
{
    public const int Reached = 501;

    public static readonly CallerAnswers Anybody = new(Reached, Reached, Reached, Reached, Reached, Reached);
    public static readonly CallerAnswers SignedIn = new(401, Reached, Reached, Reached, 401, 403);
    public static readonly CallerAnswers Teachers = new(401, 403, Reached, Reached, 401, 403);
    public static readonly CallerAnswers Admins = new(401, 403, 403, Reached, 401, 403);
    public static readonly CallerAnswers Refreshing = new(401, 401, 401, 401, Reached, 403);
}

/// <summary>Who may call what. The rows repeat the contract on purpose: a change of either must be meant twice.</summary>
internal static class AccessMatrix
{
    public static readonly AccessRow[] External =
    [
        new("shtp.auth.v1.AuthService.Login", "POST", "/api/v1/auth/login", CallerAnswers.Anybody, "Login"),
        new("shtp.auth.v1.AuthService.Refresh", "POST", "/api/v1/auth/refresh", CallerAnswers.Refreshing),
        new("shtp.auth.v1.AuthService.Logout", "POST", "/api/v1/auth/logout", CallerAnswers.SignedIn),
        new("shtp.auth.v1.AuthService.ListSessions", "GET", "/api/v1/auth/sessions", CallerAnswers.SignedIn),
        new("shtp.auth.v1.AuthService.RevokeSession", "DELETE", "/api/v1/auth/sessions/{uuid}", CallerAnswers.SignedIn),
        new("shtp.auth.v1.AuthService.RevokeOtherSessions", "DELETE", "/api/v1/auth/sessions", CallerAnswers.SignedIn),
        // The stand-in does answer this one: the gateway itself needs the keys.
        new("shtp.auth.v1.AuthService.GetJwks", "GET", "/.well-known/jwks.json", new(200, 200, 200, 200, 200, 200)),
        new("shtp.auth.v1.AuthService.RotateSigningKey", "POST", "/api/v1/auth/keys/rotate", CallerAnswers.Admins),
        new("shtp.auth.v1.AppsService.ListMyApps", "GET", "/api/v1/oauth/apps/my", CallerAnswers.SignedIn),
        new("shtp.auth.v1.AppsService.ListMyApps", "GET", "/api/v1/users/my_apps", CallerAnswers.SignedIn),
        new("shtp.auth.v1.AppsService.GetApp", "GET", "/api/v1/oauth/apps/{uuid}", CallerAnswers.Anybody),
        new("shtp.auth.v1.AppsService.CreateApp", "PUT", "/api/v1/oauth", CallerAnswers.SignedIn),
        new("shtp.auth.v1.AppsService.CreateApp", "PUT", "/api/v1/oauth/create_app", CallerAnswers.SignedIn),
        new("shtp.auth.v1.AppsService.UpdateApp", "PATCH", "/api/v1/oauth/apps/{uuid}", CallerAnswers.SignedIn),
        new("shtp.auth.v1.AppsService.DeleteApp", "DELETE", "/api/v1/oauth/apps/{uuid}", CallerAnswers.SignedIn),
        new("shtp.auth.v1.AppsService.SetClient", "PUT", "/api/v1/oauth/apps/{uuid}/client", CallerAnswers.SignedIn),
        new("shtp.auth.v1.AppsService.RemoveClient", "DELETE", "/api/v1/oauth/apps/{uuid}/client", CallerAnswers.SignedIn),
        new("shtp.auth.v1.AppsService.ListConsents", "GET", "/api/v1/oauth/consents", CallerAnswers.SignedIn),
        new("shtp.auth.v1.AppsService.RevokeConsent", "DELETE", "/api/v1/oauth/consents/{app_id}", CallerAnswers.SignedIn),
        new("shtp.auth.v1.AppsService.ProvideAccess", "POST", "/api/v1/oauth/provide_access", CallerAnswers.SignedIn),
        new("shtp.auth.v1.AppsService.ResolveAccess", "GET", "/api/v1/oauth/get_user/{token}", CallerAnswers.Anybody),

        new("shtp.users.v1.UsersService.GetMe", "GET", "/api/v1/auth/me", CallerAnswers.SignedIn),
        new("shtp.users.v1.UsersService.ListUsers", "GET", "/api/v1/users", CallerAnswers.Teachers),
        new("shtp.users.v1.UsersService.CreateUser", "PUT", "/api/v1/users", CallerAnswers.Teachers),
        new("shtp.users.v1.UsersService.ImportUsers", "PUT", "/api/v1/users/csv", CallerAnswers.Teachers, "Expensive") { FilePart = "csv_file" },
        new("shtp.users.v1.UsersService.UpdateUser", "PATCH", "/api/v1/users", CallerAnswers.SignedIn),
        new("shtp.users.v1.UsersService.SetAvatar", "PATCH", "/api/v1/users/avatar", CallerAnswers.SignedIn, "Upload") { FilePart = "avatar" },
        new("shtp.users.v1.UsersService.GetLeaderboard", "GET", "/api/v1/users/leaderboard", CallerAnswers.Anybody),
        new("shtp.users.v1.UsersService.SearchUsers", "GET", "/api/v1/users/search", CallerAnswers.Teachers),
        new("shtp.users.v1.UsersService.GetUser", "GET", "/api/v1/users/{id}", CallerAnswers.Anybody),
        new("shtp.users.v1.UsersService.DeleteUser", "DELETE", "/api/v1/users/{uuid}", CallerAnswers.Teachers),
        new("shtp.users.v1.UsersService.ResetPassword", "POST", "/api/v1/users/{uuid}/password/reset", CallerAnswers.Teachers),
        new("shtp.users.v1.UsersService.GetEmail", "GET", "/api/v1/users/{uuid}/email", CallerAnswers.SignedIn),
        new("shtp.users.v1.UsersService.ChangeEmail", "PATCH", "/api/v1/users/{uuid}/email", CallerAnswers.SignedIn),
        new("shtp.users.v1.UsersService.ListRatingEntries", "GET", "/api/v1/users/{uuid}/rating", CallerAnswers.SignedIn),

        new("shtp.users.v1.GroupsService.ListGroups", "GET", "/api/v1/groups", CallerAnswers.Teachers),
        new("shtp.users.v1.GroupsService.GetGroup", "GET", "/api/v1/groups/{uuid}", CallerAnswers.Anybody),
        new("shtp.users.v1.GroupsService.CreateGroup", "PUT", "/api/v1/groups", CallerAnswers.Teachers),
        new("shtp.users.v1.GroupsService.UpdateGroup", "PATCH", "/api/v1/groups/{uuid}", CallerAnswers.Teachers),
        new("shtp.users.v1.GroupsService.ResetGroupPasswords", "POST", "/api/v1/groups/{uuid}/passwords/reset", CallerAnswers.Teachers, "Expensive"),
        new("shtp.users.v1.GroupsService.DeleteGroup", "DELETE", "/api/v1/groups/{uuid}", CallerAnswers.Teachers),

        new("shtp.files.v1.FilesService.GetUsage", "GET", "/api/v1/files/usage", CallerAnswers.SignedIn),

        new("shtp.achievements.v1.AchievementsService.ListAchievements", "GET", "/api/v1/achievements", CallerAnswers.SignedIn),
        new("shtp.achievements.v1.AchievementsService.ListPending", "GET", "/api/v1/achievements/pending", CallerAnswers.SignedIn),
        new("shtp.achievements.v1.AchievementsService.ListRejected", "GET", "/api/v1/achievements/rejected", CallerAnswers.SignedIn),
        new("shtp.achievements.v1.AchievementsService.ListQueue", "GET", "/api/v1/achievements/queue", CallerAnswers.Teachers),
        new("shtp.achievements.v1.AchievementsService.ListUserAchievements", "GET", "/api/v1/achievements/user/{uuid}", CallerAnswers.Anybody),
        new("shtp.achievements.v1.AchievementsService.CreateAchievement", "PUT", "/api/v1/achievements", CallerAnswers.SignedIn, "Upload") { FilePart = "confirmFile" },
        new("shtp.achievements.v1.AchievementsService.ResubmitAchievement", "PATCH", "/api/v1/achievements/{uuid}", CallerAnswers.SignedIn, "Upload") { FilePart = "confirmFile" },
        new("shtp.achievements.v1.AchievementsService.ModerateAchievement", "PATCH", "/api/v1/achievements/moderate", CallerAnswers.Teachers),
        new("shtp.achievements.v1.AchievementsService.ReverseAchievement", "POST", "/api/v1/achievements/{uuid}/reverse", CallerAnswers.Teachers),
        new("shtp.achievements.v1.AchievementsService.ExportAchievements", "GET", "/api/v1/achievements/export", CallerAnswers.SignedIn, "Expensive"),
        new("shtp.achievements.v1.MedalsService.ListMedals", "GET", "/api/v1/medals/user/{uuid}", CallerAnswers.Anybody),
        new("shtp.achievements.v1.MedalsService.AwardMedal", "PUT", "/api/v1/medals", CallerAnswers.Teachers),
        new("shtp.achievements.v1.MedalsService.RevokeMedal", "DELETE", "/api/v1/medals/{uuid}", CallerAnswers.Teachers),
        new("shtp.events.v1.EventsService.ListSchoolEvents", "GET", "/api/v1/events/school", CallerAnswers.Anybody),
        new("shtp.events.v1.EventsService.ListUpcoming", "GET", "/api/v1/events/upcoming", CallerAnswers.SignedIn),
        new("shtp.events.v1.EventsService.ListPast", "GET", "/api/v1/events/past", CallerAnswers.SignedIn),
        new("shtp.events.v1.EventsService.ListMine", "GET", "/api/v1/events/my", CallerAnswers.SignedIn),
        new("shtp.events.v1.EventsService.GetEvent", "GET", "/api/v1/events/{uuid}", CallerAnswers.SignedIn),
        new("shtp.events.v1.EventsService.CreateEvent", "PUT", "/api/v1/events", CallerAnswers.Teachers),
        new("shtp.events.v1.EventsService.UpdateEvent", "PATCH", "/api/v1/events/{uuid}", CallerAnswers.Teachers),
        new("shtp.events.v1.EventsService.CancelEvent", "POST", "/api/v1/events/{uuid}/cancel", CallerAnswers.Teachers),
        new("shtp.events.v1.EventsService.Register", "POST", "/api/v1/events/{uuid}/register", CallerAnswers.SignedIn),
        new("shtp.events.v1.EventsService.Unregister", "DELETE", "/api/v1/events/{uuid}/register", CallerAnswers.SignedIn),
        new("shtp.events.v1.EventsService.ListParticipants", "GET", "/api/v1/events/{uuid}/participants", CallerAnswers.Teachers),
        new("shtp.events.v1.EventsService.ExportParticipants", "GET", "/api/v1/events/{uuid}/participants.csv", CallerAnswers.Teachers, "Expensive"),
        new("shtp.events.v1.EventsService.GetCalendarAddress", "GET", "/api/v1/events/calendar", CallerAnswers.SignedIn),
        new("shtp.events.v1.EventsService.RenewCalendarAddress", "POST", "/api/v1/events/calendar/renew", CallerAnswers.SignedIn),
        new("shtp.events.v1.EventsService.GetCalendar", "GET", "/api/v1/events/calendar/{file}", CallerAnswers.Anybody),
        new("shtp.events.v1.FeedService.ListProfilEvents", "GET", "/api/v1/events/profil", CallerAnswers.Anybody),
        new("shtp.events.v1.FeedService.ListOlympiads", "GET", "/api/v1/events/olimpiads/{learning_class}", CallerAnswers.Anybody),
        new("shtp.notifications.v1.NotificationsService.TakeNotifications", "GET", "/api/v1/notifications", CallerAnswers.SignedIn),
        new("shtp.notifications.v1.NotificationsService.ListNotifications", "GET", "/api/v1/notifications/all", CallerAnswers.SignedIn),
        new("shtp.notifications.v1.NotificationsService.ListUnread", "GET", "/api/v1/notifications/unread", CallerAnswers.SignedIn),
        new("shtp.notifications.v1.NotificationsService.CountNotifications", "GET", "/api/v1/notifications/count", CallerAnswers.SignedIn),
        new("shtp.notifications.v1.NotificationsService.MarkRead", "POST", "/api/v1/notifications/read", CallerAnswers.SignedIn),
        new("shtp.notifications.v1.NotificationsService.StreamNotifications", "GET", "/api/v1/notifications/stream", CallerAnswers.SignedIn),
        new("shtp.notifications.v1.NotificationsService.CreateNotification", "PUT", "/api/v1/notifications", CallerAnswers.Teachers),
        new("shtp.notifications.v1.BannersService.ListBanners", "GET", "/api/v1/notifications/system", CallerAnswers.Anybody),
        new("shtp.notifications.v1.BannersService.ListAllBanners", "GET", "/api/v1/notifications/system/all", CallerAnswers.Teachers),
        new("shtp.notifications.v1.BannersService.CreateBanner", "PUT", "/api/v1/notifications/system", CallerAnswers.Teachers),
        new("shtp.notifications.v1.BannersService.UpdateBanner", "PATCH", "/api/v1/notifications/system/{uuid}", CallerAnswers.Teachers),
        new("shtp.notifications.v1.BannersService.DeleteBanner", "DELETE", "/api/v1/notifications/system/{uuid}", CallerAnswers.Teachers),
        new("shtp.users.v1.UsersService.ExportUserData", "GET", "/api/v1/users/{uuid}/export", CallerAnswers.SignedIn, "Expensive"),
        new("shtp.assignments.v1.TasksService.ListTasks", "GET", "/api/v1/assigments/tasks", CallerAnswers.Teachers),
        new("shtp.assignments.v1.TasksService.ListTasks", "GET", "/api/v1/assignments/tasks", CallerAnswers.Teachers),
        new("shtp.assignments.v1.TasksService.CreateTask", "PUT", "/api/v1/assigments/tasks", CallerAnswers.Teachers),
        new("shtp.assignments.v1.TasksService.CreateTask", "PUT", "/api/v1/assignments/tasks", CallerAnswers.Teachers),
        new("shtp.assignments.v1.TasksService.UpdateTask", "PATCH", "/api/v1/assigments/tasks/{uuid}", CallerAnswers.Teachers),
        new("shtp.assignments.v1.TasksService.UpdateTask", "PATCH", "/api/v1/assignments/tasks/{uuid}", CallerAnswers.Teachers),
        new("shtp.assignments.v1.TasksService.GetTask", "GET", "/api/v1/assigments/tasks/{uuid}", CallerAnswers.SignedIn),
        new("shtp.assignments.v1.TasksService.GetTask", "GET", "/api/v1/assignments/tasks/{uuid}", CallerAnswers.SignedIn),
        new("shtp.assignments.v1.TasksService.SearchTasks", "GET", "/api/v1/assigments/tasks/search", CallerAnswers.Anybody),
        new("shtp.assignments.v1.TasksService.SearchTasks", "GET", "/api/v1/assignments/tasks/search", CallerAnswers.Anybody),
        new("shtp.assignments.v1.TasksService.GetChallenge", "GET", "/api/v1/assigments/tasks/challenge", CallerAnswers.Anybody),
        new("shtp.assignments.v1.TasksService.GetChallenge", "GET", "/api/v1/assignments/tasks/challenge", CallerAnswers.Anybody),
        new("shtp.assignments.v1.TasksService.SetChallenge", "PATCH", "/api/v1/assigments/tasks/challenge/set/{uuid}", CallerAnswers.Teachers),
        new("shtp.assignments.v1.TasksService.SetChallenge", "PATCH", "/api/v1/assignments/tasks/challenge/set/{uuid}", CallerAnswers.Teachers),
        new("shtp.assignments.v1.TasksService.GetChallengeLeaderboard", "GET", "/api/v1/assigments/tasks/challenge/leaderboard", CallerAnswers.Anybody),
        new("shtp.assignments.v1.TasksService.GetChallengeLeaderboard", "GET", "/api/v1/assignments/tasks/challenge/leaderboard", CallerAnswers.Anybody),
        new("shtp.assignments.v1.TasksService.SubmitChallenge", "POST", "/api/v1/assigments/tasks/challenge/submit", CallerAnswers.SignedIn, "Upload") { FilePart = "source" },
        new("shtp.assignments.v1.TasksService.SubmitChallenge", "POST", "/api/v1/assignments/tasks/challenge/submit", CallerAnswers.SignedIn, "Upload") { FilePart = "source" },
        new("shtp.assignments.v1.TasksService.ListChallengeSubmits", "GET", "/api/v1/assigments/tasks/challenge/submits", CallerAnswers.SignedIn),
        new("shtp.assignments.v1.TasksService.ListChallengeSubmits", "GET", "/api/v1/assignments/tasks/challenge/submits", CallerAnswers.SignedIn),
        new("shtp.assignments.v1.TasksService.ListTaskSubmits", "GET", "/api/v1/assigments/tasks/{uuid}/submits", CallerAnswers.SignedIn),
        new("shtp.assignments.v1.TasksService.ListTaskSubmits", "GET", "/api/v1/assignments/tasks/{uuid}/submits", CallerAnswers.SignedIn),
        new("shtp.assignments.v1.SubmitsService.GetSubmit", "GET", "/api/v1/assigments/tasks/submit/{uuid}", CallerAnswers.SignedIn),
        new("shtp.assignments.v1.SubmitsService.GetSubmit", "GET", "/api/v1/assignments/tasks/submit/{uuid}", CallerAnswers.SignedIn),
        new("shtp.assignments.v1.SubmitsService.GetSource", "GET", "/api/v1/assigments/submit/{uuid}/source", CallerAnswers.Teachers),
        new("shtp.assignments.v1.SubmitsService.GetSource", "GET", "/api/v1/assignments/submit/{uuid}/source", CallerAnswers.Teachers),
        new("shtp.assignments.v1.SubmitsService.RejectSubmit", "DELETE", "/api/v1/assigments/submit/{uuid}/reject", CallerAnswers.Teachers),
        new("shtp.assignments.v1.SubmitsService.RejectSubmit", "DELETE", "/api/v1/assignments/submit/{uuid}/reject", CallerAnswers.Teachers),
        new("shtp.assignments.v1.SubmitsService.StartRejudge", "POST", "/api/v1/assigments/rejudges", CallerAnswers.Teachers),
        new("shtp.assignments.v1.SubmitsService.StartRejudge", "POST", "/api/v1/assignments/rejudges", CallerAnswers.Teachers),
        new("shtp.assignments.v1.SubmitsService.GetRejudge", "GET", "/api/v1/assigments/rejudges/{uuid}", CallerAnswers.Teachers),
        new("shtp.assignments.v1.SubmitsService.GetRejudge", "GET", "/api/v1/assignments/rejudges/{uuid}", CallerAnswers.Teachers),
        new("shtp.assignments.v1.SubmitsService.ApplyRejudge", "POST", "/api/v1/assigments/rejudges/{uuid}/apply", CallerAnswers.Teachers),
        new("shtp.assignments.v1.SubmitsService.ApplyRejudge", "POST", "/api/v1/assignments/rejudges/{uuid}/apply", CallerAnswers.Teachers),
        new("shtp.assignments.v1.SubmitsService.DropRejudge", "DELETE", "/api/v1/assigments/rejudges/{uuid}", CallerAnswers.Teachers),
        new("shtp.assignments.v1.SubmitsService.DropRejudge", "DELETE", "/api/v1/assignments/rejudges/{uuid}", CallerAnswers.Teachers),
        new("shtp.assignments.v1.ContestsService.ListContests", "GET", "/api/v1/assigments/contests", CallerAnswers.Teachers),
        new("shtp.assignments.v1.ContestsService.ListContests", "GET", "/api/v1/assignments/contests", CallerAnswers.Teachers),
        new("shtp.assignments.v1.ContestsService.ListAvailable", "GET", "/api/v1/assigments/contests/available", CallerAnswers.SignedIn),
        new("shtp.assignments.v1.ContestsService.ListAvailable", "GET", "/api/v1/assignments/contests/available", CallerAnswers.SignedIn),
        new("shtp.assignments.v1.ContestsService.GetContest", "GET", "/api/v1/assigments/contests/{uuid}", CallerAnswers.SignedIn),
        new("shtp.assignments.v1.ContestsService.GetContest", "GET", "/api/v1/assignments/contests/{uuid}", CallerAnswers.SignedIn),
        new("shtp.assignments.v1.ContestsService.CreateContest", "PUT", "/api/v1/assigments/contests", CallerAnswers.Teachers),
        new("shtp.assignments.v1.ContestsService.CreateContest", "PUT", "/api/v1/assignments/contests", CallerAnswers.Teachers),
        new("shtp.assignments.v1.ContestsService.UpdateContest", "PATCH", "/api/v1/assigments/contests/{uuid}", CallerAnswers.Teachers),
        new("shtp.assignments.v1.ContestsService.UpdateContest", "PATCH", "/api/v1/assignments/contests/{uuid}", CallerAnswers.Teachers),
        new("shtp.assignments.v1.ContestsService.DeleteContest", "DELETE", "/api/v1/assigments/contests/{uuid}", CallerAnswers.Teachers),
        new("shtp.assignments.v1.ContestsService.DeleteContest", "DELETE", "/api/v1/assignments/contests/{uuid}", CallerAnswers.Teachers),
        new("shtp.assignments.v1.ContestsService.GetSolved", "GET", "/api/v1/assigments/contest/{uuid}/solved", CallerAnswers.SignedIn),
        new("shtp.assignments.v1.ContestsService.GetSolved", "GET", "/api/v1/assignments/contest/{uuid}/solved", CallerAnswers.SignedIn),
        new("shtp.assignments.v1.ContestsService.GetStatistics", "GET", "/api/v1/assigments/contest/{uuid}/statistics", CallerAnswers.Teachers),
        new("shtp.assignments.v1.ContestsService.GetStatistics", "GET", "/api/v1/assignments/contest/{uuid}/statistics", CallerAnswers.Teachers),
        new("shtp.assignments.v1.ContestsService.ListContestSubmits", "GET", "/api/v1/assigments/contests/{contest}/task/{task}/submits", CallerAnswers.SignedIn),
        new("shtp.assignments.v1.ContestsService.ListContestSubmits", "GET", "/api/v1/assignments/contests/{contest}/task/{task}/submits", CallerAnswers.SignedIn),
        new("shtp.assignments.v1.ContestsService.SubmitContest", "POST", "/api/v1/assigments/contests/submit", CallerAnswers.SignedIn),
        new("shtp.assignments.v1.ContestsService.SubmitContest", "POST", "/api/v1/assignments/contests/submit", CallerAnswers.SignedIn),
    ];

    public static readonly string[] Internal =
    [
        "shtp.auth.v1.AuthInternal.WatchRevocations",
        "shtp.auth.v1.AuthInternal.HashPasswords",
        "shtp.auth.v1.AuthInternal.SetCredentials",
        "shtp.auth.v1.AuthInternal.ChangePassword",
        "shtp.auth.v1.AuthInternal.CheckPassword",
        "shtp.auth.v1.AuthInternal.ChangeEmail",
        "shtp.auth.v1.AuthInternal.ExpireAccessTokens",
        "shtp.auth.v1.AuthInternal.RevokeUser",
        "shtp.auth.v1.AuthInternal.DeleteUser",
        "shtp.users.v1.UsersInternal.GetIdentity",
        "shtp.users.v1.UsersInternal.EnsureFirstAdmin",
        "shtp.users.v1.UsersInternal.GetSummaries",
        "shtp.users.v1.UsersInternal.AddRating",
        "shtp.files.v1.FilesInternal.Store",
        "shtp.files.v1.FilesInternal.GetFile",
        "shtp.files.v1.FilesInternal.Claim",
        "shtp.files.v1.FilesInternal.Release",
        "shtp.files.v1.FilesInternal.DeleteOwner",
        "shtp.files.v1.FilesInternal.Read",

        "shtp.achievements.v1.AchievementsInternal.DeleteUser",
        "shtp.achievements.v1.AchievementsInternal.ExportUser",
        "shtp.events.v1.EventsInternal.DeleteUser",
        "shtp.events.v1.EventsInternal.ExportUser",
        "shtp.notifications.v1.NotificationsInternal.Notify",
        "shtp.notifications.v1.NotificationsInternal.HasUnread",
        "shtp.notifications.v1.NotificationsInternal.DeleteUser",
        "shtp.notifications.v1.NotificationsInternal.ExportUser",
        "shtp.users.v1.UsersInternal.ListUserIds",
        "shtp.users.v1.UsersInternal.SetMedals",
        "shtp.auth.v1.AuthInternal.ExportUser",
        "shtp.files.v1.FilesInternal.ExportUser",
        "shtp.assignments.v1.AssignmentsInternal.TakeWork",
        "shtp.assignments.v1.AssignmentsInternal.Heartbeat",
        "shtp.assignments.v1.AssignmentsInternal.CompleteWork",
        "shtp.assignments.v1.AssignmentsInternal.ReturnWork",
        "shtp.assignments.v1.AssignmentsInternal.DeleteUser",
        "shtp.assignments.v1.AssignmentsInternal.ExportUser",
        "shtp.auth.v1.AuthImport.ImportCredentials",
        "shtp.users.v1.UsersImport.ImportGroups",
        "shtp.users.v1.UsersImport.ImportProfiles",
        "shtp.achievements.v1.AchievementsImport.ImportAchievements",
        "shtp.notifications.v1.NotificationsImport.ImportNotifications",
        "shtp.notifications.v1.NotificationsImport.ImportBanners",
        "shtp.assignments.v1.AssignmentsImport.ImportTasks",
        "shtp.assignments.v1.AssignmentsImport.ImportContests",
        "shtp.assignments.v1.AssignmentsImport.ImportSubmissions",
    ];
}
