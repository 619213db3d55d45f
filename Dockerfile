# One image for every program; docker-compose.yml gives each its command.
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build

FROM node:20-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# ClickHouse is a container of its own here: the embedded one (a library of some 500 MB) stays out.
RUN npm ci --omit=dev && rm -rf node_modules/@chdb node_modules/ffi-rs node_modules/@yuuang

FROM node:20-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY package.json ./
COPY models ./models
COPY sql ./sql
COPY ingest ./ingest
COPY processors ./processors
COPY simulator ./simulator
COPY stack/ready.mjs ./stack/ready.mjs
COPY dashboard/server ./dashboard/server
COPY --from=build /app/dashboard/dist ./dashboard/dist
USER node
CMD ["node", "--import", "tsx", "dashboard/server/main.ts"]
