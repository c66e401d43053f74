namespace ShTP.Achievements;

public sealed class AchievementsService : V1.AchievementsService.AchievementsServiceBase
{
}
