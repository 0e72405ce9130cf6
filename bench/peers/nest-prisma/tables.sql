-- What Prisma makes of schema.prisma.
CREATE TABLE "Event" ("id" TEXT PRIMARY KEY, "event" TEXT NOT NULL, "createdAt" TIMESTAMP(3) NOT NULL, "payload" JSONB NOT NULL);
CREATE TABLE "Room" (
  "sid" TEXT PRIMARY KEY, "name" TEXT NOT NULL, "metadata" TEXT, "startedAt" TIMESTAMP(3), "endedAt" TIMESTAMP(3),
  "maxParticipants" INTEGER
);
CREATE INDEX ON "Room" ("name");
CREATE TABLE "Participant" (
  "sid" TEXT PRIMARY KEY, "roomSid" TEXT NOT NULL, "identity" TEXT NOT NULL, "name" TEXT, "state" TEXT NOT NULL,
  "metadata" TEXT, "joinedAt" TIMESTAMP(3), "leftAt" TIMESTAMP(3), "reason" TEXT
);
CREATE INDEX ON "Participant" ("roomSid");
CREATE INDEX ON "Participant" ("identity");
CREATE TABLE "Track" (
  "sid" TEXT PRIMARY KEY, "roomSid" TEXT NOT NULL, "participantSid" TEXT NOT NULL, "name" TEXT, "type" TEXT, "source" TEXT,
  "publishedAt" TIMESTAMP(3), "unpublishedAt" TIMESTAMP(3)
);
CREATE INDEX ON "Track" ("participantSid");
CREATE TABLE "Egress" (
  "id" TEXT PRIMARY KEY, "roomSid" TEXT NOT NULL, "status" TEXT NOT NULL, "startedAt" TIMESTAMP(3), "endedAt" TIMESTAMP(3),
  "info" JSONB NOT NULL
);
CREATE INDEX ON "Egress" ("roomSid");
CREATE TABLE "Ingress" (
  "id" TEXT PRIMARY KEY, "roomName" TEXT NOT NULL, "status" TEXT NOT NULL, "startedAt" TIMESTAMP(3), "endedAt" TIMESTAMP(3),
  "info" JSONB NOT NULL
);
