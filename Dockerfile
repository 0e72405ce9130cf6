FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev --omit=optional

FROM node:24-slim
WORKDIR /app
# As in scripts/run.mjs.
ENV NODE_ENV=production UV_THREADPOOL_SIZE=2
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/prisma ./prisma
COPY --from=build /app/dist ./dist
# A named volume takes its owner from here.
RUN mkdir /spool && chown node:node /spool
USER node
EXPOSE 3000
# As in package.json: what a request leaves behind is collected young. With its arrays allocated old, once those of
# connections are found to live long, each keeps its whole request until everything is collected.
CMD ["node", "--max-semi-space-size=32", "--no-allocation-site-pretenuring", "dist/main.js"]
